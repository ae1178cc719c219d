using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using BuildData.AspNetCore.Answers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BuildData.AspNetCore.Live;

/// <summary>Streams the state of paths and then its changes, as server-sent events.</summary>
/// <remarks>
/// <para>The events are <c>state</c>, one for each path, with the resources that it returns now; <c>change</c>, with one resource; and <c>reset</c>, after
/// which the states follow again. The id of an event is the sequence number up to which the client then knows everything.</para>
/// <para>A client that connects again sends the last id. If events are kept, it receives the changes after that. If they are not kept, or not any more, or if
/// the events of a path do not tell all its changes, it receives <c>reset</c>.</para>
/// </remarks>
internal static class SseStream
{
    private const int MostPaths = 64;
    private static readonly TimeSpan CommentInterval = TimeSpan.FromSeconds(15);
    private static readonly byte[] Comment = ": \n\n"u8.ToArray();

    public static async Task Get(HttpContext context, DataApi data)
    {
        string[] paths = ReadPaths(context.Request);
        string[] watched = [.. paths.Select(ToWatchedPath)];
        CancellationToken stopping = context.RequestServices.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        TimeProvider clock = context.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System;

        // An error of a path must have a status, so the watch begins before the answer.
        long? last = ReadLastId(context.Request);
        ResumedPaths? resumed = last is { } sequence ? ResumedPaths.TryBegin(data, paths, watched, sequence) : null;
        CombinedWatch? watch = resumed is null ? await data.Watch(watched, ending.Token).ConfigureAwait(false) : null;
        IAsyncEnumerable<SseItem<byte[]>> items = Changes(data, paths, watched, resumed, watch, isReset: last is not null, ending.Token);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.ContentType = "text/event-stream";
            if (watch is not null)
                await watch.DisposeAsync().ConfigureAwait(false);
            if (resumed is not null)
                await resumed.DisposeAsync().ConfigureAwait(false);
            return;
        }

        context.Response.Headers.XContentTypeOptions = "nosniff";
        await TypedResults.ServerSentEvents(WithComments(items, context, clock, ending.Token)).ExecuteAsync(context).ConfigureAwait(false);
    }

    private static string[] ReadPaths(HttpRequest request)
    {
        string[] paths = [.. request.Query["path"].OfType<string>()];
        return paths.Length is > 0 and <= MostPaths
            ? paths
            : throw new ApiException(StatusCodes.Status400BadRequest, $"The request needs from 1 to {MostPaths} parameters 'path', such as path=/builds/7.");
    }

    /// <summary>Returns the path of a collection for a pattern such as <c>/builds/7/steps/*</c>.</summary>
    private static string ToWatchedPath(string path)
    {
        string watched = path.EndsWith("/*", StringComparison.Ordinal) ? path[..^2] : path;
        return watched.Contains('*', StringComparison.Ordinal) && !watched.Contains('?', StringComparison.Ordinal)
            ? throw new ApiException(StatusCodes.Status400BadRequest, $"The path '{path}' has a '*' that is not its last segment. A stream begins with a state, and such a path has none.")
            : watched;
    }

    private static long? ReadLastId(HttpRequest request)
    {
        string id = request.Headers["Last-Event-ID"].ToString();
        if (id.Length == 0)
            id = request.Query["last_event_id"].ToString();
        return long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long sequence) ? sequence : null;
    }

    private static async IAsyncEnumerable<SseItem<byte[]>> Changes(
        DataApi data, string[] paths, string[] watched, ResumedPaths? resumed, CombinedWatch? watch, bool isReset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (resumed is not null)
        {
            await foreach (SseItem<byte[]> change in resumed.ReadChanges(cancellationToken).ConfigureAwait(false))
                yield return change;
            if (!resumed.MustReset)
                yield break;
            watch = await data.Watch(watched, cancellationToken).ConfigureAwait(false);
        }

        CombinedWatch started = watch!;
        await using (((IAsyncDisposable)started).ConfigureAwait(false))
        {
            if (isReset)
                yield return SseMessage.Reset();
            for (int i = 0; i < paths.Length; i++)
                yield return SseMessage.State(paths[i], started.InitialResults[i], i == paths.Length - 1 ? started.Sequence : null);
            await foreach (CombinedWatchChange change in started.WithCancellation(cancellationToken).ConfigureAwait(false))
                yield return SseMessage.Change(paths[change.PathIndex], change);
        }
    }

    /// <summary>
    /// Returns the same items. Writes a comment when there was none for some time, so that a client that has vanished is noticed, and at once if there is no
    /// first item, so that the client receives the head of the answer.
    /// </summary>
    private static async IAsyncEnumerable<SseItem<byte[]>> WithComments(
        IAsyncEnumerable<SseItem<byte[]>> items, HttpContext context, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IAsyncEnumerator<SseItem<byte[]>> source = items.GetAsyncEnumerator(ending.Token);
        await using (source.ConfigureAwait(false))
        {
            Task<bool> next = source.MoveNextAsync().AsTask();
            try
            {
                if (!next.IsCompleted)
                    await WriteComment(context, cancellationToken).ConfigureAwait(false);
                while (true)
                {
                    while (!await IsCompletedWithin(next, clock, cancellationToken).ConfigureAwait(false))
                        await WriteComment(context, cancellationToken).ConfigureAwait(false);
                    if (!await MoveOn(next).ConfigureAwait(false))
                        yield break;
                    yield return source.Current;
                    next = source.MoveNextAsync().AsTask();
                }
            }
            finally
            {
                // A comment can't be written to a client that has gone. The source can't be disposed while it still waits for its next item.
                await ending.CancelAsync().ConfigureAwait(false);
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Nobody else writes to the answer meanwhile: the framework waits for the next item.
    private static async ValueTask WriteComment(HttpContext context, CancellationToken cancellationToken)
    {
        await context.Response.Body.WriteAsync(Comment, cancellationToken).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    // The stream ends when the program stops or the client has gone. It also ends when the client must connect again, because it reads too slowly or the
    // history was replaced. The client then sends its last id.
    private static async ValueTask<bool> MoveOn(Task<bool> next)
    {
        try
        {
            return await next.ConfigureAwait(false);
        }
        catch (Exception e) when (e is SubscriberLaggedException or EventsLostException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Returns false if the task has not completed within the interval. A cancelled token will complete the task.</summary>
    private static async ValueTask<bool> IsCompletedWithin(Task task, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (task.IsCompleted)
            return true;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(task, Task.Delay(CommentInterval, clock, ending.Token)).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        return task.IsCompleted || cancellationToken.IsCancellationRequested;
    }
}
