using BuildData.Events;

namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// The search for the last public event runs in the background, while events are published and the tracker is disposed. The cursor never
/// goes back without a loss, and no search runs after the disposal.
/// </summary>
internal sealed class LastPublicEvent : IScenario
{
    public string Name => "last-public";

    public async Task Run(ScenarioRun run)
    {
        bool isClosed = false, failsOnce = run.Choose(2) == 0, disposesEarly = run.Choose(2) == 0;
        int errors = 0;
        LastPublicEventCursorTracker tracker = new(Find, _ => errors++);
        tracker.MarkUnexaminedUpTo(new EventCursor(10));
        List<Task> running =
        [
            run.StartBlocking(() =>
            {
                tracker.StartBackgroundSearch();
                tracker.StartBackgroundSearch();
            }),
            run.StartBlocking(() =>
            {
                long before = tracker.Cursor.Sequence;
                tracker.ReportPublicEvent(new EventCursor(11));
                tracker.ReportPublicEvent(new EventCursor(12));
                ScenarioRun.Require(before <= 7 && tracker.Cursor.Sequence == 12, "The cursor does not name the published event.");
            }),
            run.Start(Search),
        ];
        if (disposesEarly)
            running.Add(run.Start(Dispose));
        await Task.WhenAll(running);
        await Dispose();
        tracker.StartBackgroundSearch();
        ScenarioRun.Require(tracker.Cursor.Sequence == 12, "A search has replaced the cursor of a published event.");

        async Task Search()
        {
            try
            {
                await tracker.SearchUnexaminedEvents(CancellationToken.None);
            }
            catch (IOException)
            {
                return;
            }
        }

        async ValueTask<EventCursor> Find(long upTo, CancellationToken cancellationToken)
        {
            ScenarioRun.Require(!isClosed || cancellationToken.CanBeCanceled == false, "A search reads from a closed store.");
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            if (failsOnce)
            {
                failsOnce = false;
                throw new IOException();
            }

            return new EventCursor(7);
        }

        async Task Dispose()
        {
            await tracker.DisposeAsync();
            isClosed = true;
        }
    }
}
