using System.Collections.Concurrent;
using System.Diagnostics;

namespace BuildData.StoreContracts;

/// <summary>Collects the activities of the builds of one master, because other tests trace builds too.</summary>
internal sealed class BuildTraces : IDisposable
{
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;

    /// <summary>Starts to collect.</summary>
    /// <param name="masterName">The name of the master.</param>
    /// <param name="onStopped">Is called for each activity of the master; may throw.</param>
    public BuildTraces(string masterName, Action<Activity>? onStopped = null)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == BuildDataInstrumentation.BuildsActivitySourceName
                && source.Tags!.Contains(new KeyValuePair<string, object?>("builddata.master.name", masterName)),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                _stopped.Enqueue(activity);
                onStopped?.Invoke(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Gets the activities of builds.</summary>
    public IReadOnlyList<Activity> Builds => [.. _stopped.Where(activity => activity.Kind == ActivityKind.Server)];

    /// <summary>Gets the activities of steps.</summary>
    public IReadOnlyList<Activity> Steps => [.. _stopped.Where(activity => activity.Kind == ActivityKind.Internal)];

    public void Dispose() => _listener.Dispose();
}
