using System.Net.WebSockets;
using System.Text;

namespace BuildData.Torture.Soak.Lanes;

/// <summary>Uses the HTTP face: requests, streams of events and WebSockets. Clients leave in the middle.</summary>
internal sealed class HttpLane : Lane
{
    public override string Name => "HTTP clients";

    protected override async Task Act(SoakWorld world, Random random, CancellationToken end)
    {
        if (world.Newest is not { } ids)
            return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(end);
        patience.CancelAfter(random.Next(2, 12) * world.Settings.Pause);
        try
        {
            switch (random.Next(4))
            {
                case 0:
                    await ReadStream(world, $"sse?path=/builds&path=/builds/{ids.BuildId}/steps/*&path=/workers", patience.Token);
                    break;
                case 1:
                    await UseWebSocket(world, patience.Token);
                    break;
                default:
                    await Get(world, EndpointPaths.Choose(random, ids).Path, patience.Token);
                    break;
            }
        }
        catch (Exception) when (patience.IsCancellationRequested && !end.IsCancellationRequested)
        {
            // The handler reports a cancellation in several ways.
            world.Run.Count("HTTP clients that left");
        }
        catch (Exception) when (end.IsCancellationRequested)
        {
            throw new OperationCanceledException(end);
        }
    }

    private static async Task Get(SoakWorld world, string path, CancellationToken patience)
    {
        using var client = new HttpClient(world.Host.Handler, disposeHandler: false) { BaseAddress = SoakHost.Address };
        using HttpResponseMessage response = await client.GetAsync(path.TrimStart('/'), patience);
        world.Run.Count($"HTTP status {(int)response.StatusCode}");
        await response.Content.ReadAsByteArrayAsync(patience);
    }

    private static async Task ReadStream(SoakWorld world, string path, CancellationToken patience)
    {
        using var client = new HttpClient(world.Host.Handler, disposeHandler: false) { BaseAddress = SoakHost.Address };
        await using Stream stream = await client.GetStreamAsync(path, patience);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(patience) is not null)
        {
        }
    }

    private static async Task UseWebSocket(SoakWorld world, CancellationToken patience)
    {
        using var socket = new ClientWebSocket();
        using var invoker = new HttpMessageInvoker(world.Host.Handler, disposeHandler: false);
        await socket.ConnectAsync(new UriBuilder(new Uri(SoakHost.Address, "ws")) { Scheme = "ws" }.Uri, invoker, patience);
        await socket.SendAsync(Encoding.UTF8.GetBytes("""{"cmd":"startConsuming","path":"builds/*/*","_id":1}"""), WebSocketMessageType.Text, endOfMessage: true, patience);
        byte[] buffer = new byte[4096];
        for (int i = 0; i < 50; i++)
            await socket.ReceiveAsync(buffer, patience);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, patience);
    }
}
