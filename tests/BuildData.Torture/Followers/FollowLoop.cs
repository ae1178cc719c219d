using BuildData.Torture.Running;

namespace BuildData.Torture.Followers;

/// <summary>How a follower stopped to read a stream.</summary>
internal enum FollowEnd
{
    /// <summary>The sitting is quiet, and everything has arrived.</summary>
    Arrived,

    /// <summary>The stream has ended.</summary>
    StreamEnded,

    /// <summary>The follower did not want more.</summary>
    Left,
}

/// <summary>Reads a stream until everything has arrived, and no longer. Reads a watch anew when it has lagged.</summary>
internal static class FollowLoop
{
    /// <summary>Reads a watch, and new ones after it, until everything has arrived or the sitting closes.</summary>
    /// <param name="run">The run, for its figures.</param>
    /// <param name="sitting">The sitting.</param>
    /// <param name="follower">The follower, for a message.</param>
    /// <param name="readOnce">Begins a watch and reads it.</param>
    /// <returns>Whether everything has arrived.</returns>
    public static async Task<bool> RepeatWatch(CheckRun run, Sitting sitting, IFollower follower, Func<Task<FollowEnd>> readOnce)
    {
        while (!sitting.IsClosing)
        {
            try
            {
                if (await readOnce() == FollowEnd.Arrived)
                    return true;
            }
            catch (ObjectDisposedException) when (sitting.IsClosing)
            {
                return false;
            }
            catch (SubscriberLaggedException)
            {
                run.Count("watches that lagged");
            }
            catch (Exception error) when (error is not ViolationException)
            {
                throw sitting.Unexpected(follower.Describe(), error);
            }
        }

        return false;
    }

    /// <summary>Reads a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="sitting">The sitting.</param>
    /// <param name="most">The number of items after which the follower leaves, unless the sitting is quiet.</param>
    /// <param name="receive">Takes the next item.</param>
    /// <param name="hasArrived">Returns whether everything has arrived. The sitting is quiet then.</param>
    public static async Task<FollowEnd> Read<T>(IAsyncEnumerable<T> stream, Sitting sitting, int most, Func<T, ValueTask> receive, Func<QuietState, ValueTask<bool>> hasArrived)
    {
        using var leave = new CancellationTokenSource();
        await using IAsyncEnumerator<T> items = stream.GetAsyncEnumerator(leave.Token);
        Task<bool> next = items.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                await Task.WhenAny(next, sitting.Quiet);
                if (sitting.Quiet.IsCompleted && await hasArrived(await sitting.Quiet))
                    return FollowEnd.Arrived;
                if (!await next)
                    return FollowEnd.StreamEnded;
                await receive(items.Current);
                if (--most <= 0 && !sitting.Quiet.IsCompleted)
                    return FollowEnd.Left;
                next = items.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An enumerator must not be disposed while it moves.
            await leave.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
