using BuildData.Torture.Running;

namespace BuildData.Torture.Files;

/// <summary>A clock that is set forward and back.</summary>
/// <param name="random">The random numbers.</param>
internal sealed class JumpingClock(Random random) : FileTrouble
{
    private readonly ShiftedTime _clock = new();

    public override TimeProvider Clock => _clock;

    public override bool MovesClock => true;

    public override async Task Make(string file, Master master, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            _clock.Shift(TimeSpan.FromSeconds(random.Next(-100_000, 100_000)));
            await Task.Delay(random.Next(1, 20), CancellationToken.None);
        }
    }
}
