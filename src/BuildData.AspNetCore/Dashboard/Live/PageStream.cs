using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using BuildData.AspNetCore.Answers;
using BuildData.AspNetCore.Dashboard.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace BuildData.AspNetCore.Dashboard.Live;

/// <summary>
/// Answers requests for the data of a page: with JSON, or with a stream if the client asks for one. The events of the stream are <c>state</c> with
/// all parts, then <c>change</c> with those that have changed, <c>ping</c> if there was nothing else for some time, and <c>gone</c>.
/// </summary>
internal static class PageStream
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>Returns whether the client asks for a stream.</summary>
    public static bool IsAskedFor(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) && HttpMethods.IsGet(request.Method);

    /// <summary>Writes the state of a page now.</summary>
    public static async Task WriteState(HttpContext context, DashboardPage page, DashboardReader reader, TimeProvider clock)
    {
        PageState state = await page.Read(reader, previous: null, context.RequestAborted).ConfigureAwait(false)
            ?? throw new ApiException(StatusCodes.Status404NotFound, "This does not exist.");
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteJson(state.ToMessage(clock.GetUtcNow()), context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Streams the states of a page until the client goes, or the program stops.</summary>
    public static async Task WriteStates(HttpContext context, DashboardPage page, LivePages pages, TimeProvider clock, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        LivePage live = pages.Join(page);
        try
        {
            // A failure must have a status, so the answer begins after the first read.
            LivePage.View view = live.Look();
            while (view.State is null && !view.HasEnded)
            {
                await view.Changed.WaitAsync(ending.Token).ConfigureAwait(false);
                view = live.Look();
            }

            if (view.State is null)
            {
                throw view.IsGone
                    ? new ApiException(StatusCodes.Status404NotFound, "This does not exist.")
                    : new ApiException(StatusCodes.Status503ServiceUnavailable, "The store is not available now.");
            }

            await context.WriteStream(States(live, clock, ending.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The client has gone, or the program stops.
        }
        finally
        {
            await pages.Leave(live).ConfigureAwait(false);
        }
    }

    /// <summary>Writes events to a client, and keeps proxies from holding them back.</summary>
    public static Task WriteStream(this HttpContext context, IAsyncEnumerable<SseItem<byte[]>> items)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers[HeaderNames.CacheControl] = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(items).ExecuteAsync(context);
    }

    /// <summary>Creates the event that tells the client that the connection is alive.</summary>
    public static SseItem<byte[]> Ping(DateTimeOffset now) => new(ApiJson.CreateObject(json => json.WriteTime("now", now)), "ping");

    /// <summary>Waits until a task has completed, but not longer than a client may be left without an event.</summary>
    /// <returns>Whether the task has completed.</returns>
    public static async Task<bool> WaitOrPing(Task task, TimeProvider clock, CancellationToken cancellationToken)
    {
        await task.WaitAsync(PingInterval, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return task.IsCompleted;
    }

    private static async IAsyncEnumerable<SseItem<byte[]>> States(LivePage live, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PageState? known = null;
        while (true)
        {
            LivePage.View view = live.Look();
            if (view.State is { } state && state != known)
            {
                DateTimeOffset now = clock.GetUtcNow();
                yield return known is null
                    ? new SseItem<byte[]>(state.ToMessage(now), "state") { ReconnectionInterval = RetryInterval }
                    : new SseItem<byte[]>(state.ToMessage(now, known), "change");
                known = state;
                continue;
            }

            if (view.IsGone)
                yield return new SseItem<byte[]>("{}"u8.ToArray(), "gone");
            if (view.HasEnded)
                yield break;
            if (!await WaitOrPing(view.Changed, clock, cancellationToken).ConfigureAwait(false))
                yield return Ping(clock.GetUtcNow());
        }
    }
}
