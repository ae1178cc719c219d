namespace BuildData.Tests;

/// <summary>The server that tests share: started by the first that needs it, gone when all have run.</summary>
[SetUpFixture]
internal sealed class SharedServer
{
    private static readonly Lazy<Task<PostgreSqlServer>> Server = new(() => Required.StartServer(durable: false));

    public static Task<PostgreSqlServer> Get() => Server.Value;

    [OneTimeTearDown]
    public async Task Remove()
    {
        if (Server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await Server.Value).DisposeAsync();
    }
}
