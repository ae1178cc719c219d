using System.Buffers;

namespace BuildData.Resources.Logs.Writing;

/// <summary>Reads an output of a process until it is closed, or until the time is up.</summary>
/// <param name="stream">The output.</param>
/// <param name="timeIsUp">
/// Cancelled some time after the process has exited. From then on, only what is already in the pipe is read: the process may have written it.
/// </param>
internal sealed class ProcessOutput(Stream stream, CancellationToken timeIsUp)
{
    private const int BufferSize = 64 * 1024;

    // A pipe has no more bytes. Another process that writes all the time must not be read for ever.
    private const int MaxLengthAfterTime = 1024 * 1024;

    private int _lengthAfterTime;

    /// <summary>Copies the output.</summary>
    /// <returns>Whether the output was closed.</returns>
    public async Task<bool> CopyTo(Stream destination)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (_lengthAfterTime < MaxLengthAfterTime)
            {
                int? count = await Read(buffer).ConfigureAwait(false);
                if (count is null or 0)
                    return count == 0;
                await destination.WriteAsync(buffer.AsMemory(0, count.Value)).ConfigureAwait(false);
            }

            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Returns the number of bytes that were read; 0 if the output is closed; null if the time is up and there is nothing to read.</summary>
    private async ValueTask<int?> Read(byte[] buffer)
    {
        try
        {
            if (!timeIsUp.IsCancellationRequested)
                return await stream.ReadAsync(buffer, timeIsUp).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeIsUp.IsCancellationRequested)
        {
            return null;
        }

        // The time has passed while the store was slow. A read that does not complete at once has nothing to read.
        using var atOnce = new CancellationTokenSource();
        ValueTask<int> read = stream.ReadAsync(buffer, atOnce.Token);
        if (!read.IsCompleted)
            await atOnce.CancelAsync().ConfigureAwait(false);
        try
        {
            int count = await read.ConfigureAwait(false);
            _lengthAfterTime += count;
            return count;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
