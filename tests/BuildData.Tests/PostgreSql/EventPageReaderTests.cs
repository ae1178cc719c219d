using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Events;
using Npgsql;

namespace BuildData.Tests;

internal sealed class EventPageReaderTests
{
    [Test]
    public async Task ReadPage_TransactionsWithManyEvents_EndsWithAWholeTicket()
    {
        await using var store = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();
        await using Master master = await Master.Open(store.Use);
        long build = await master.Data.Updates.Build();
        for (int i = 0; i < 3; i++)
            await AddSteps(master, build, 1020);
        await using var database = new PostgreSqlDatabase(NpgsqlDataSource.Create(store.ConnectionString), ownsDataSource: true);
        await using var reader = new EventPageReader(database);
        long next = 1;
        long read = 0;

        bool reachesNewestEvent = false;
        while (!reachesNewestEvent)
        {
            EventPage page = await reader.ReadPage(next, readsRunningWriterTransactions: false, CancellationToken.None);
            reachesNewestEvent = page.ReachesNewestEvent;
            next = page.Events[^1].Sequence + 1;
            read += page.Events.Count;
            (await store.Scalar<long>($"SELECT count(*) FROM events WHERE sequence >= {next} AND sequence / 1024 = {page.Events[^1].Sequence / 1024}"))
                .Should().Be(0, "a page ends with a whole ticket");
        }

        read.Should().Be(await store.Scalar<long>("SELECT count(*) FROM events"));
    }

    private static Task AddSteps(Master master, long build, int count) => master.Data.Updates.Transaction(async updates =>
    {
        for (int i = 0; i < count; i++)
            await updates.NewStep(build, "s");
    });
}
