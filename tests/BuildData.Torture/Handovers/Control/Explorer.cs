using System.Globalization;
using System.Text;

namespace BuildData.Torture.Handovers.Control;

/// <summary>
/// Runs one schedule of a scenario: all its threads and work items, one step of one thread at a time.
/// </summary>
/// <remarks>
/// <para>The turn: exactly one controlled thread has the turn, and runs. All others wait in <see cref="Carrier.WaitForTurn"/>. So only one
/// thread at a time uses the fields of this class, and no lock guards them. The semaphores of the carriers are the barriers.</para>
/// <para>A step: the rewritten code calls <see cref="Point"/> before each operation that other threads can observe, such as an atomic
/// operation or an access to a field of a class with locks. There, a <see cref="Strategy"/> chooses the thread that gets the turn. Code
/// between two points runs without interruption.</para>
/// <para>A wait: the rewritten code calls <see cref="WaitUntil"/> with a condition instead of blocking. The thread can be chosen again when
/// the condition is true, or when its deadline has come. Nobody must wake it, so a lost signal of the explored code is not healed, and the
/// explorer itself can't lose one.</para>
/// <para>Work items: the code after an <c>await</c>, the callbacks of timers and the work items of the thread pool become threads that have
/// not started. The explorer may start them in any order, but at most <see cref="ScheduleSettings.PoolThreads"/> of them run or wait at a
/// time.</para>
/// <para>The end: if no thread can run, the clock is set to the next timer or deadline. If there is none, or if it is later than the limit
/// of the scenario, the schedule is over. That is a violation if the scenario has not completed (a deadlock or a lost wake-up), or if a
/// thread still waits (it would wait for ever). After a violation, the threads of the schedule stay where they are.</para>
/// </remarks>
internal sealed class Explorer
{
    private const int MaxSteps = 2_000_000;
    private const int TraceLength = 60;

    private static readonly TimeSpan MaxLeap = TimeSpan.FromSeconds(2);

    // How long a step may last in real time. A longer one waits for something that is not rewritten.
    private static readonly TimeSpan MaxStepDuration = TimeSpan.FromSeconds(30);

    // The time for a thread that the explorer does not control to show itself, before its work is reported as a deadlock.
    private static readonly TimeSpan ForeignDelay = TimeSpan.FromMilliseconds(200);

    [ThreadStatic]
    private static ControlledThread? _current;

    private readonly ScheduleSettings _settings;
    private readonly Strategy _strategy;
    private readonly Random _random;
    private readonly CarrierPool _carriers;
    private readonly List<ControlledThread> _threads = [];
    private readonly List<ControlledThread> _enabled = [];
    private readonly Dictionary<object, object> _states = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<(int Thread, string Place)> _trace = new();
    private readonly ManualResetEventSlim _over = new();
    private readonly double _leapProbability;
    private int _created;
    private int _startedPoolItems;
    private long _steps;
    private long _switches;
    private int _most;
    private ulong _hash = 14_695_981_039_346_656_037;
    private Task? _main;
    private string? _violation;

    public Explorer(ScheduleSettings settings, Strategy strategy, Random random, CarrierPool carriers)
    {
        _settings = settings;
        _strategy = strategy;
        _random = random;
        _carriers = carriers;
        _leapProbability = settings.MayLeap && random.Next(3) == 0 ? 0.01 : 0;
        Time = new VirtualTime(this);
        Context = new ControlledContext(this);
        TaskScheduler = new ControlledTaskScheduler(this);
    }

    /// <summary>Gets the controlled thread that calls; null on a thread that no explorer controls.</summary>
    public static ControlledThread? Current => _current;

    public VirtualTime Time { get; }

    public ControlledContext Context { get; }

    public ControlledTaskScheduler TaskScheduler { get; }

    /// <summary>Gets the threads that run callbacks of a cancellation, in the order in which they began.</summary>
    public List<ControlledThread> Cancelling { get; } = [];

    /// <summary>Lets another thread run, if the strategy chooses one. The rewritten code calls it.</summary>
    public static void Point(string place)
    {
        if (_current is { } me)
            me.Explorer.Step(me, place);
    }

    /// <summary>Runs the schedule.</summary>
    /// <param name="main">The code of the scenario.</param>
    /// <returns>The figures of the schedule, and the violation if there is one.</returns>
    public ScheduleResult Run(Func<Task> main)
    {
        ControlledThread first = Add("main", () => _main = main(), isPoolItem: false);
        _carriers.Rent().Start(first);
        long before = -1;
        while (!_over.Wait(MaxStepDuration))
        {
            long now = Volatile.Read(ref _steps);
            if (now == before)
            {
                Fail("A step did not end: it waits for something that is not rewritten.");
                break;
            }

            before = now;
        }

        return new ScheduleResult(_violation, _steps, _switches, _created, _most, _hash);
    }

    /// <summary>Ends the schedule with a violation. Returns at once, so that the caller can be a thread that is not controlled.</summary>
    public void Fail(string message)
    {
        if (Interlocked.CompareExchange(ref _violation, Describe(message), null) is null)
            _over.Set();
    }

    /// <summary>Gets the state that the explorer keeps for an object, such as the owner of a lock.</summary>
    public T StateOf<T>(object target)
        where T : class, new()
    {
        if (!_states.TryGetValue(target, out object? state))
            _states.Add(target, state = new T());
        return (T)state;
    }

    /// <summary>Adds a thread, which can run from now on.</summary>
    public ControlledThread StartThread(string name, Action body) => Add(name, body, isPoolItem: false);

    /// <summary>Adds a work item of the thread pool.</summary>
    public void QueueToPool(string name, Action body) => Add(name, body, isPoolItem: true);

    /// <summary>Waits until a condition is true.</summary>
    /// <param name="me">The calling thread.</param>
    /// <param name="what">A name for the condition, for reports.</param>
    /// <param name="condition">The condition. Only the steps of other threads change it.</param>
    /// <param name="limit">The time after which the wait ends; <see cref="Timeout.InfiniteTimeSpan"/> if it has no limit.</param>
    /// <returns>Whether the condition is true.</returns>
    public bool WaitUntil(ControlledThread me, string what, Func<bool> condition, TimeSpan limit)
    {
        if (condition())
            return true;
        me.Condition = condition;
        me.Deadline = limit == Timeout.InfiniteTimeSpan ? long.MaxValue : Time.Now + limit.Ticks;
        me.WaitsFor = what;
        SwitchFrom(me);
        me.Condition = null;
        me.Deadline = long.MaxValue;
        return condition();
    }

    /// <summary>Lets the others run, and lets some time pass. Used by loops that wait actively.</summary>
    public void Yield(ControlledThread me, string place)
    {
        _strategy.Yielded(me);
        Time.AdvanceTo(Time.Now + (5 * TimeSpan.TicksPerMicrosecond));
        Step(me, place);
    }

    /// <summary>Lets another thread run, if the strategy chooses one.</summary>
    public void Step(ControlledThread me, string place)
    {
        me.Place = place;
        if (_violation is not null)
            Stop();
        if (_steps >= MaxSteps)
        {
            Fail($"The schedule does not end: it has {MaxSteps} steps.");
            Stop();
        }

        if (_leapProbability > 0 && _random.NextDouble() < _leapProbability)
            Leap();
        SwitchFrom(me);
    }

    /// <summary>Runs the code of a thread that has got the turn for the first time.</summary>
    public void RunBody(ControlledThread thread)
    {
        _current = thread;
        SynchronizationContext.SetSynchronizationContext(Context);
        try
        {
            thread.Body();
        }
#pragma warning disable CA1031 // An exception of any kind that ends a thread is what the explorer looks for.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Fail($"An exception ended a thread: {error}");
            Stop();
        }
        finally
        {
            _current = null;
        }
    }

    /// <summary>Ends a thread, and gives the turn to another one.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="returnCarrier">Makes the carrier of the thread available to other threads.</param>
    /// <returns>A thread that has not started and that the same carrier must run; null if the carrier is not needed.</returns>
    public ControlledThread? End(ControlledThread thread, Action returnCarrier)
    {
        thread.HasEnded = true;
        _threads.Remove(thread);
        if (thread.IsPoolItem)
            _startedPoolItems--;
        ControlledThread? next = Choose(null);
        if (next is null)
        {
            returnCarrier();
            _over.Set();
            return null;
        }

        Record(next);
        if (next.Carrier is null)
        {
            MarkStarted(next);
            return next;
        }

        returnCarrier();
        next.Carrier.GiveTurn();
        return null;
    }

    private ControlledThread Add(string name, Action body, bool isPoolItem)
    {
        var thread = new ControlledThread(this, _created++, name, body) { IsPoolItem = isPoolItem };
        _threads.Add(thread);
        _strategy.Added(thread);
        _most = Math.Max(_most, _threads.Count);
        return thread;
    }

    private void SwitchFrom(ControlledThread me)
    {
        ControlledThread? next = Choose(me);
        if (next is null)
        {
            _over.Set();
            Stop();
        }

        if (ReferenceEquals(next, me))
            return;

        Record(next!);
        if (next!.Carrier is { } carrier)
            carrier.GiveTurn();
        else
        {
            MarkStarted(next);
            _carriers.Rent().Start(next);
        }

        me.Carrier!.WaitForTurn();
    }

    private void MarkStarted(ControlledThread thread)
    {
        if (thread.IsPoolItem)
            _startedPoolItems++;
    }

    /// <summary>Returns the thread that gets the turn; null if the schedule is over.</summary>
    private ControlledThread? Choose(ControlledThread? me)
    {
        Volatile.Write(ref _steps, _steps + 1);
        while (_violation is null)
        {
            _enabled.Clear();
            foreach (ControlledThread thread in _threads)
            {
                if (CanRun(thread))
                    _enabled.Add(thread);
            }

            if (_enabled.Count > 0)
                return _strategy.Pick(_enabled, me);
            if (!TryAdvanceTime())
                return null;
        }

        return null;
    }

    private bool CanRun(ControlledThread thread) =>
        thread.Condition is { } condition ? condition() || thread.Deadline <= Time.Now
        : thread.Carrier is not null || !thread.IsPoolItem || _startedPoolItems < _settings.PoolThreads;

    /// <summary>Sets the clock to the next timer or deadline. If the schedule is over, records the violation if there is one.</summary>
    private bool TryAdvanceTime()
    {
        if (_main is { IsCompleted: true })
        {
            if (_main.IsFaulted)
                Fail(_main.Exception.InnerException is ScenarioFailedException failed ? failed.Message : $"The scenario failed: {_main.Exception.InnerException}");
            else if (_threads.Count > 0)
                Fail("The scenario has completed and disposed everything, but threads still wait.");
            return false;
        }

        long next = NextTime();
        if (next > _settings.TimeLimit.Ticks)
            Thread.Sleep(ForeignDelay);
        if (next == long.MaxValue)
        {
            Fail("Deadlock: no thread can run, no timer is set, and the scenario has not completed.");
            return false;
        }

        if (next > _settings.TimeLimit.Ticks)
        {
            Fail($"Stuck: no thread can run before the clock passes {_settings.TimeLimit}, and the scenario has not completed.");
            return false;
        }

        Time.AdvanceTo(next);
        return true;
    }

    private void Leap()
    {
        long next = NextTime();
        if (next < Time.Now + MaxLeap.Ticks)
            Time.AdvanceTo(next);
    }

    private long NextTime() => Math.Min(Time.NextDue, _threads.Count == 0 ? long.MaxValue : _threads.Min(thread => thread.Deadline));

    private void Record(ControlledThread next)
    {
        _switches++;
        _hash = (_hash ^ (ulong)next.Id ^ ((ulong)_steps << 16)) * 1_099_511_628_211;
        if (_trace.Count == TraceLength)
            _trace.Dequeue();
        _trace.Enqueue((next.Id, next.Place));
    }

    // After a violation, the threads keep their places, because the explored code would handle an exception in ways of its own.
    private static void Stop() => Thread.Sleep(Timeout.Infinite);

    private string Describe(string message)
    {
        var text = new StringBuilder(message).AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Strategy: {_strategy.Description}. Steps: {_steps}. Clock: {TimeSpan.FromTicks(Time.Now)}.");
        text.AppendLine("Threads:");
        foreach (ControlledThread thread in _threads.ToArray())
        {
            string state = thread.Condition is not null ? $"waits for {thread.WaitsFor}" : thread.Carrier is null ? "has not started" : "can run";
            text.AppendLine(CultureInfo.InvariantCulture, $"  {thread} {state}, at {thread.Place}");
        }

        text.AppendLine("Last switches, to a thread and the place where it continued:");
        foreach ((int thread, string place) in _trace.ToArray())
            text.AppendLine(CultureInfo.InvariantCulture, $"  {thread} {place}");
        return text.ToString();
    }
}
