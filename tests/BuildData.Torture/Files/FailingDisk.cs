namespace BuildData.Torture.Files;

/// <summary>A disk that is full now and then, or fails to read, write, flush or lock.</summary>
/// <param name="random">The random numbers.</param>
internal sealed class FailingDisk(Random random) : FileTrouble
{
    private readonly FaultyFiles _files = new();
    private int _left;

    public override string ConnectionKeywords => $";Vfs={_files.Name}";

    public override async Task Make(string file, Master master, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            BreakFor(random.Next(1, 6), random.Next(6));
            await Wait(TimeSpan.FromMilliseconds(random.Next(1, 20)), end);
            Repair();
            await Wait(TimeSpan.FromMilliseconds(random.Next(1, 40)), end);
        }
    }

    public override void Dispose()
    {
        _files.Dispose();
        base.Dispose();
    }

    /// <summary>Lets some of the next calls of one kind fail.</summary>
    private void BreakFor(int calls, int kind)
    {
        Volatile.Write(ref _left, calls);
        switch (kind)
        {
            case 0:
                _files.OnWrite = _ => Fail(FaultyFiles.WriteError);
                break;
            case 1:
                _files.OnSync = _ => Fail(FaultyFiles.SyncError);
                break;
            case 2:
                _files.OnRead = _ => Fail(FaultyFiles.ReadError);
                break;
            case 3:
                _files.OnLock = _ => Fail(FaultyFiles.LockError);
                break;
            default:
                // A full disk refuses all writes until there is room again.
                _files.OnWrite = _ => FaultyFiles.DiskFull;
                break;
        }
    }

    private int Fail(int code) => Interlocked.Decrement(ref _left) >= 0 ? code : 0;

    private void Repair()
    {
        _files.OnWrite = null;
        _files.OnSync = null;
        _files.OnRead = null;
        _files.OnLock = null;
    }

    private static async Task Wait(TimeSpan time, CancellationToken end) => await Task.Delay(time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
