namespace BuildData.Resources.Logs.Writing;

/// <summary>Writes bytes to a log.</summary>
/// <param name="writer">The writer of the log.</param>
internal sealed class LogWriterStream(LogWriter writer) : Stream
{
    /// <summary>The maximum number of bytes that wait for space together.</summary>
    public const int MaxSliceLength = 32 * 1024;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException("The stream of a log can only be written.");

    public override long Position
    {
        get => throw new NotSupportedException("The stream of a log can only be written.");
        set => throw new NotSupportedException("The stream of a log can only be written.");
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        writer.WriteBytes(buffer.AsSpan(offset, count));
    }

    public override void Write(ReadOnlySpan<byte> buffer) => writer.WriteBytes(buffer);

    public override void WriteByte(byte value) => writer.WriteBytes([value]);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return writer.WriteBytesAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => writer.WriteBytesAsync(buffer, cancellationToken);

    public override void Flush() => writer.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => writer.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream of a log can only be written.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The stream of a log can only be written.");

    public override void SetLength(long value) => throw new NotSupportedException("The stream of a log can only be written.");

    public override async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            writer.Dispose();
        base.Dispose(disposing);
    }
}
