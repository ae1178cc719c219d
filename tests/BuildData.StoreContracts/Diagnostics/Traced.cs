using System.Collections.Concurrent;
using System.Diagnostics;

namespace BuildData.StoreContracts;

/// <summary>Collects the activities of BuildData that begin inside this test, because other tests run activities of the same source.</summary>
internal sealed class Traced : IDisposable
{
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;
    private readonly Activity _own = new Activity("test").Start();

    public Traced()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "BuildData",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == _own.TraceId)
                    _stopped.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyList<Activity> Activities => [.. _stopped];

    public void Dispose()
    {
        _listener.Dispose();
        _own.Stop();
    }
}
