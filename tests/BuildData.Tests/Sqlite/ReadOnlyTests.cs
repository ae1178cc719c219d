namespace BuildData.Tests;

internal sealed class ReadOnlyTests
{
    [Test]
    public async Task Follow_ReadOnlyStore_IsRefused()
    {
        using var folder = new TempFolder();
        await using Master writer = await Master.Open(folder.ConnectionString);
        await using Master reader = await Master.Open(o => o.UseSqlite(folder.ConnectionString + ";Mode=ReadOnly").KeepEvents(TimeSpan.FromHours(1)));

        await reader.Data.Awaiting(data => data.Watch<Step>("/steps")).Should().ThrowAsync<StoreReadOnlyException>();
        await reader.Data.Awaiting(data => data.Watch(["/steps", "/builds/1"])).Should().ThrowAsync<StoreReadOnlyException>();
        await reader.Data.Awaiting(data => data.Watch<Step>("/steps/1")).Should().ThrowAsync<StoreReadOnlyException>();
        await reader.Data.Awaiting(data => data.WaitFor<Step>("/steps/1", "finished")).Should().ThrowAsync<StoreReadOnlyException>();
        reader.Data.Events.Invoking(events => events.Subscribe<Step>()).Should().Throw<StoreReadOnlyException>();
        reader.Data.Events.Invoking(events => events.Subscribe("/steps/*", after: 0)).Should().Throw<StoreReadOnlyException>();
        await reader.Data.Updates.Awaiting(updates => updates.Transaction(_ => Task.CompletedTask)).Should().ThrowAsync<StoreReadOnlyException>();
    }

    [Test]
    public async Task GetVersion_ReadOnlyStore_IsNull()
    {
        using var folder = new TempFolder();
        await using Master writer = await Master.Open(folder.ConnectionString);
        await using Master reader = await Master.Open(folder.ConnectionString + ";Mode=ReadOnly");

        (await reader.Data.GetVersion()).Should().BeNull("this process does not learn of changes");
    }
}
