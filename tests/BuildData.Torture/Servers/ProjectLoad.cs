using BuildData.Torture.Histories;
using BuildData.Torture.Load;
using BuildData.Torture.Model;
using BuildData.Torture.Running;

namespace BuildData.Torture.Servers;

/// <summary>
/// Callers that write to one small project after another until they are stopped. The callers of a project are on different masters.
/// </summary>
/// <remarks>
/// A project gets few calls, and few whose outcome is unknown, so that the search for an order of them is fast.
/// </remarks>
internal sealed class ProjectLoad
{
    private const int CallsOfCaller = 12;
    private const int MostUnknown = 3;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(50);

    private readonly Func<string, ICallRecorder> _recorderOf;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private long _calls;

    private ProjectLoad(IReadOnlyList<Master> masters, Func<string, ICallRecorder> recorderOf, LoadSettings settings, IReadOnlyList<Known> first)
    {
        _recorderOf = recorderOf;
        _running = Task.WhenAll(Enumerable.Range(0, settings.ProjectsAtOnce).Select(slot => Task.Run(() => RunSlot(masters, settings, slot, first))));
    }

    /// <summary>Gets how many calls have returned.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Gets a task that ends if the load fails, and otherwise when it has been stopped.</summary>
    public Task Running => _running;

    /// <summary>Starts to write.</summary>
    /// <param name="masters">The masters that the callers use.</param>
    /// <param name="recorderOf">Returns what records the calls of a project.</param>
    /// <param name="settings">How much is written.</param>
    /// <param name="first">Projects that exist and get calls before new ones do.</param>
    public static ProjectLoad Start(IReadOnlyList<Master> masters, Func<string, ICallRecorder> recorderOf, LoadSettings settings, params IReadOnlyList<Known> first) =>
        new(masters, recorderOf, settings, first);

    /// <summary>Lets no further call begin, and waits until those in progress have ended.</summary>
    public async Task Stop(TimeSpan patience)
    {
        await _stop.CancelAsync();
        try
        {
            await _running.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            throw new ViolationException($"Calls have not ended within {patience.TotalSeconds} seconds after the fault was removed.");
        }
    }

    private async Task RunSlot(IReadOnlyList<Master> masters, LoadSettings settings, int slot, IReadOnlyList<Known> first)
    {
        var random = new Random(unchecked((settings.Seed * 31) + slot));
        for (int number = 0; !_stop.IsCancellationRequested; number++)
        {
            int index = (number * settings.ProjectsAtOnce) + slot;
            Known known = index < first.Count ? first[index] : new Known($"{settings.Prefix}s{slot}n{number}");
            ICallRecorder recorder = _recorderOf(known.Project);
            var project = new Project();
            int offset = random.Next(masters.Count);
            await Task.WhenAll(Enumerable.Range(0, settings.CallersOfProject).Select(caller =>
            {
                var own = new Random(random.Next());
                return Task.Run(() => RunCaller(new ProjectCaller(masters[(offset + caller) % masters.Count], known, recorder), own, settings, project));
            }));
        }
    }

    private async Task RunCaller(ProjectCaller caller, Random random, LoadSettings settings, Project project)
    {
        for (int returned = 0; returned < CallsOfCaller && project.Unknown < MostUnknown && !_stop.IsCancellationRequested;)
        {
            Outcome outcome = await caller.Call(random);
            if (outcome.Kind == OutcomeKind.Unknown)
                Interlocked.Increment(ref project.Unknown);
            TimeSpan pause = TimeSpan.FromMilliseconds(random.Next(1 + settings.MostMillisecondsBetweenCalls));
            if (outcome.Kind is OutcomeKind.Returned or OutcomeKind.Refused)
            {
                returned++;
                Interlocked.Increment(ref _calls);
            }
            else
            {
                pause += PauseAfterFailure;
            }

            await Task.Delay(pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private sealed class Project
    {
        public int Unknown;
    }
}
