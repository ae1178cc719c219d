using System.Net.WebSockets;
using BuildData.AspNetCore.Access;
using BuildData.AspNetCore.Answers;
using BuildData.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MsOptions = Microsoft.Extensions.Options.Options;

namespace BuildData.AspNetCore.Live;

/// <summary>Serves a WebSocket from its handshake to its end.</summary>
/// <remarks>
/// <para>Two tasks work for a socket: one reads commands and answers them, the other writes batches of events. The socket ends when the client closes it or
/// vanishes, when the server wants to close it, or when the program stops. Then both tasks end, and the pump forgets the socket.</para>
/// <para>The framework makes the handshake, answers pings, and sends one every 20 seconds. A client that does not answer within 20 seconds is gone.</para>
/// </remarks>
/// <param name="findPump">Returns the pump of the program.</param>
internal sealed class EventSocketHandler(Func<IServiceProvider, EventPump> findPump)
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Creates the delegate of the endpoint.</summary>
    public RequestDelegate CreateDelegate()
    {
        var options = new WebSocketOptions { KeepAliveInterval = PingInterval, KeepAliveTimeout = PingInterval };
        WebSocketMiddleware? middleware = null;
        return context =>
        {
            if (!SameOrigin.Allows(context.Request))
                throw new ApiException(StatusCodes.Status403Forbidden, "The socket is opened by a page of another site.");

            // One line must be enough, so the program need not call UseWebSockets.
            WebSocketMiddleware handshake = LazyInitializer.EnsureInitialized(ref middleware, () =>
                new WebSocketMiddleware(Serve, MsOptions.Create(options), ApiLog.FactoryFrom(context.RequestServices)));
            UpgradeFeatures.Install(context);
            return handshake.Invoke(context);
        };
    }

    private async Task Serve(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            throw new ApiException(StatusCodes.Status400BadRequest, "This is the address of a WebSocket.");

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        CancellationToken stopping = context.RequestServices.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default;
        EventPump pump = findPump(context.RequestServices);
        var features = context.Features.Get<UpgradeFeatures>()!;

        // The pump starts before the handshake, so that an error has a status.
        var socket = new EventSocket(() => features.Stream!);
        await pump.Add(socket, context.RequestAborted).ConfigureAwait(false);
        try
        {
            using WebSocket connection = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
            using CancellationTokenRegistration stop = stopping.Register(() => socket.Close(WebSocketCloseStatus.EndpointUnavailable, "The program is stopping."));
            Task writing = socket.Run(ending.Token);
            Task reading = new CommandReader(connection, socket, pump).Run(ending.Token);
            await Task.WhenAny(reading, writing, socket.Closing).ConfigureAwait(false);
            if (socket.Closing.IsCompleted)
                await Close(connection, reading, await socket.Closing.ConfigureAwait(false)).ConfigureAwait(false);

            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // A client that has not said goodbye may have vanished. Its connection must not wait for it.
            if (connection.State != WebSocketState.Closed)
                context.Abort();
        }
        finally
        {
            await pump.Remove(socket).ConfigureAwait(false);
        }
    }

    private static async Task Close(WebSocket connection, Task reading, (WebSocketCloseStatus Status, string Reason) closing)
    {
        // A client that reads nothing can't be told either. One that reads answers, and then the reading ends.
        using var timeout = new CancellationTokenSource(CloseTimeout);
        await connection.CloseOutputAsync(closing.Status, closing.Reason, timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await reading.WaitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
