using System.Text;
using BuildData.Resources.Logs;
using BuildData.Resources.Logs.Reading;

namespace BuildData;

/// <summary>
/// Represents all lines of a log as a stream of bytes in UTF-8, for example for a download. The stream reads the log while it is read, and needs little
/// memory however long the log is. It can be read once, from the beginning to the end, and only with the asynchronous methods. Not thread-safe.
/// </summary>
public sealed class RawLogStream : Stream
{
    private const byte LineEnd = (byte)'\n';

    private readonly LogScanner _scanner;
    private readonly long _lastLine;
    private readonly bool _hasStreams;
    private ReadOnlyMemory<byte> _header;
    private bool _isInLine;
    private bool _isDisposed;

    internal RawLogStream(LogScanner scanner, LogOrigin origin, bool hasHeader)
    {
        _scanner = scanner;
        _lastLine = scanner.Log.NumLines - 1;
        _hasStreams = scanner.Log.Type == LogType.Stdio;
        _header = Encoding.UTF8.GetBytes(hasHeader ? origin.Header(scanner.Log) : "");
        MimeType = LogOrigin.MimeType(scanner.Log);
        Filename = origin.Filename(scanner.Log);
    }

    /// <summary>Gets the media type, as <see cref="RawLog.MimeType"/>.</summary>
    public string MimeType { get; }

    /// <summary>Gets a name for the file, as <see cref="RawLog.Filename"/>.</summary>
    public string Filename { get; }

    /// <inheritdoc/>
    public override bool CanRead => !_isDisposed;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw CannotSeek();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw CannotSeek();
        set => throw CannotSeek();
    }

    /// <summary>Reads the next bytes.</summary>
    /// <param name="buffer">Receives the bytes.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The number of bytes; 0 at the end.</returns>
    /// <exception cref="ResourceNotFoundException">The log was removed.</exception>
    /// <exception cref="LogContentRemovedException">The lines of the log were removed.</exception>
    /// <exception cref="StoreException">The store can't be read. Or lines are missing, or damaged.</exception>
    /// <exception cref="ObjectDisposedException">The stream or the master is disposed.</exception>
#pragma warning disable RS0027 // The base class declares the parameters of both overloads.
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
#pragma warning restore RS0027
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_header.IsEmpty)
            return CopyHeader(buffer.Span);
        if (buffer.IsEmpty)
            return 0;

        while (true)
        {
            int length = CopyLines(buffer.Span);
            if (length > 0)
                return length;
            if (!await _scanner.MoveNext(_lastLine, cancellationToken).ConfigureAwait(false))
                return 0;
        }
    }

    /// <param name="buffer">Receives the bytes.</param>
    /// <param name="offset">The position of the first byte in the buffer.</param>
    /// <param name="count">The maximum number of bytes.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)"/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Not supported, because it would block the thread. Use <see cref="ReadAsync(Memory{byte}, CancellationToken)"/>.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("A raw log can only be read with the asynchronous methods.");

    /// <summary>Does nothing.</summary>
    public override void Flush()
    {
    }

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Seek(long offset, SeekOrigin origin) => throw CannotSeek();

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void SetLength(long value) => throw CannotWrite();

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void Write(byte[] buffer, int offset, int count) => throw CannotWrite();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        base.Dispose(disposing);
    }

    private static NotSupportedException CannotSeek() => new("A raw log is read from the beginning to the end.");

    private static NotSupportedException CannotWrite() => new("A raw log can't be written.");

    private int CopyHeader(Span<byte> buffer)
    {
        int length = Math.Min(buffer.Length, _header.Length);
        _header.Span[..length].CopyTo(buffer);
        _header = _header[length..];
        return length;
    }

    /// <summary>Copies lines of the current chunk, as many as fit. The last line can be a part of one.</summary>
    private int CopyLines(Span<byte> buffer)
    {
        LogTextBuffer text = _scanner.Text;
        int copied = 0;
        while (copied < buffer.Length && !text.Rest.IsEmpty && text.NextLine <= _lastLine)
        {
            if (!_isInLine && _hasStreams && StdioLine.IsStream(text.Rest[0]))
                text.Skip(1, lines: 0);
            ReadOnlySpan<byte> line = text.Rest[..(text.Rest.IndexOf(LineEnd) + 1)];
            _isInLine = line.Length > buffer.Length - copied;
            if (_isInLine)
                line = line[..(buffer.Length - copied)];

            line.CopyTo(buffer[copied..]);
            copied += line.Length;
            text.Skip(line.Length, _isInLine ? 0 : 1);
        }

        return copied;
    }
}
