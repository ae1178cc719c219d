using BuildData.Events;
using BuildData.PostgreSql.Events;
using BuildData.Resources;
using BuildData.Resources.Builders;
using BuildData.Stores;

namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// Transactions of this master and of another one draw tickets, and commit or roll back in any order, while a loop reads pages of events. A
/// subscription receives each committed event once and in order, and each update that waits for its events is released.
/// </summary>
internal sealed class EventsOfMasters : IScenario
{
    private const int Own = 3;
    private const int Others = 2;

    public string Name => "tickets";

    public async Task Run(ScenarioRun run)
    {
        var parts = new LibraryParts();
        var publisher = new OrderedEventPublisher(parts.Context, "fake");
        publisher.StartAfter(new EventIdentity(0, null));
        Subscription subscription = parts.Hub.Subscribe("/builders/*", "new");

        // The database: the events of the committed transactions, the running transactions, and the last ticket.
        var stored = new SortedDictionary<long, StoredEvent>();
        var runningTransactions = new HashSet<string>();
        long drawn = 0;
        int open = Own + Others;
        List<Task> transactions = [];
        for (int i = 0; i < Own; i++)
        {
            string name = $"own{i}";
            transactions.Add(run.Start(() => Commit(name, isOwn: true)));
        }

        for (int i = 0; i < Others; i++)
        {
            string name = $"other{i}";
            transactions.Add(run.Start(() => Commit(name, isOwn: false)));
        }

        Task reading = run.Start(Read);
        await Task.WhenAll([.. transactions, reading]);
        long[] received = [.. subscription.ReadAvailable().Select(e => e.Sequence)];
        ScenarioRun.Require(received.SequenceEqual(stored.Keys), "The events have a gap, a repetition, or are not in order.");
        await subscription.DisposeAsync();

        async Task Commit(string name, bool isOwn)
        {
            runningTransactions.Add(name);
            await Task.Yield();
            long ticket = Interlocked.Increment(ref drawn);
            await Task.Yield();
            var events = new UpdateEvents([new UnnumberedEvent(BuilderDefinition.Instance, "new", new Builder { BuilderId = ticket, Name = name }, ticket, null)], at: ticket);
            bool isRolledBack = run.Choose(4) == 0;
            if (!isRolledBack)
            {
                long sequence = TicketSequenceConverter.FirstSequenceOfTicket(ticket);
                stored.Add(sequence, StoredEvent.From(ResourceTypes.Catalog, sequence, events.At, events.Events[0]));
            }

            runningTransactions.Remove(name);
            open--;
            await Task.Yield();
            if (isOwn && !isRolledBack && !publisher.TryPublishCommitted(events, [ticket]))
                await publisher.WaitUntilPublished(ticket);
        }

        // Does what the loop of the real publisher does with a real database.
        async Task Read()
        {
            while (true)
            {
                bool isLast = open == 0;
                PublishingState before = publisher.State;
                long highest = 0;
                HashSet<string>? writers = null;
                if (before.IsWaitingForEarlierTicket || run.Choose(2) == 0)
                {
                    highest = drawn;
                    await Task.Yield();
                    writers = [.. runningTransactions];
                    await Task.Yield();
                }

                int limit = run.Choose(3) == 0 ? 2 : int.MaxValue;
                List<StoredEvent> events = [.. stored.Where(e => e.Key >= before.LastPublished.Sequence).Select(e => e.Value).Take(limit)];
                bool reachesNewest = events.Count == 0 || events[^1].Sequence == stored.Keys.Last();
                await Task.Yield();
                bool isMissing = publisher.PublishPage(new EventPage(events, writers, highest, reachesNewest), before);
                if (isLast && !isMissing && reachesNewest)
                    return;
                await Task.Delay(TimeSpan.FromMilliseconds(1));
            }
        }
    }
}
