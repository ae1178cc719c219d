using System.Buffers;
using System.Globalization;
using System.Text;
using BuildData.Resources.Logs.Writing;

namespace BuildData;

/// <summary>
/// Writes the lines of a log. Accepts any pieces of text, or of bytes through <see cref="BaseStream"/>, and stores whole lines in batches.
/// <see cref="Updates.OpenLogWriter"/> and <see cref="StdioLogWriter"/> create writers.
/// </summary>
/// <remarks>
/// <para>Only <c>\n</c> ends a line. A <c>\r</c> is stored like any other character. <see cref="TextWriter.NewLine"/> is <c>\n</c> on every system, and
/// numbers are formatted with the invariant culture.</para>
/// <para>Lines are stored when 64 KiB wait, when the oldest one has waited for 250 ms, or when somebody flushes
/// (<see cref="LogWriterOptions"/>). Only one batch of the log is stored at a time. What is written meanwhile becomes the next batch. So a program that
/// is killed loses at most the lines of which no flush has completed.</para>
/// <para><see cref="FlushAsync(CancellationToken)"/> completes when all complete lines that were written before are on disk. A flush does not store the
/// beginning of a line that is not complete: no line of a log is ever partial. The disposal completes this line with <c>\n</c>, stores everything, and
/// finishes the log.</para>
/// <para>When <see cref="LogWriterOptions.BufferSize"/> bytes wait, the asynchronous methods wait for space without a thread. The synchronous methods block their
/// thread until a commit frees space; <see cref="Flush"/> and <see cref="Dispose(bool)"/> block it until the lines are on disk. With SQLite, they also work if such
/// callers block all threads of the thread pool.</para>
/// <para>If lines can't be stored, for example because the disk is full, they stay in the buffer. Flushes that wait fail with the exception. The writer
/// tries again after <see cref="LogWriterOptions.BatchTime"/>, or at the next flush. An attempt with an unknown outcome does not store lines twice. While the last
/// attempt has failed and the buffer is full, writes throw <see cref="StoreException"/>; the text may then be written in part. If the log is finished or removed
/// (<see cref="UpdateRefusedException"/>, <see cref="ResourceNotFoundException"/>), or the master is disposed (<see cref="ObjectDisposedException"/>), no lines
/// can be stored any more, and all later writes and flushes throw this exception.</para>
/// <para>Use a writer from one thread at a time, like other text writers. While the writer is open, nobody else may add lines to its log.</para>
/// </remarks>
public sealed class LogWriter : TextWriter
{
    // Longer texts are written in slices, so that they need no large buffer.
    private const int MaxSliceLength = 8 * 1024;

    private readonly LogAppender _appender;
    private readonly PartialLine _line;
    private readonly Utf8Pieces _pieces = new();
    private readonly bool _ownsLog;
    private bool _isDisposed;

    internal LogWriter(LogAppender appender, byte? letter, bool ownsLog)
        : base(CultureInfo.InvariantCulture)
    {
        _appender = appender;
        _line = new PartialLine(letter);
        _ownsLog = ownsLog;
        CoreNewLine = ['\n'];
        BaseStream = new LogWriterStream(this);
    }

    /// <summary>
    /// Gets a stream that writes bytes to the log. Bytes that are not valid UTF-8 are replaced with U+FFFD. Texts and bytes appear in the log in the
    /// order in which they were written. The disposal of the stream disposes the writer.
    /// </summary>
    public Stream BaseStream { get; }

    /// <summary>Gets the log's id.</summary>
    public long LogId => _appender.Log.LogId;

    /// <summary>Gets the log's slug, which identifies the log in paths.</summary>
    public string Slug => _appender.Log.Slug;

    /// <summary>Gets the encoding of the log: UTF-8.</summary>
    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Gets the number of lines that were dropped because the log was cut at <see cref="LogWriterOptions.MaxSize"/>.</summary>
    public long DroppedLines => _appender.DroppedLines;

    /// <summary>Gets the number of bytes that were dropped because the log was cut at <see cref="LogWriterOptions.MaxSize"/>.</summary>
    public long DroppedBytes => _appender.DroppedBytes;

    /// <summary>
    /// Gets how many invalid sequences of bytes, and surrogates without their pairs, were replaced with U+FFFD in the lines that are stored.
    /// </summary>
    public long ReplacedCount => _appender.ReplacedCount;

    /// <inheritdoc/>
    public override void Write(char value) => WriteText(new ReadOnlySpan<char>(in value), []);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => WriteText(CheckedSpan(buffer, index, count), []);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => WriteText(buffer, []);

    /// <inheritdoc/>
    public override void Write(string? value) => WriteText(value, []);

    /// <inheritdoc/>
    public override void WriteLine() => WriteText([], CoreNewLine);

    /// <inheritdoc/>
    public override void WriteLine(string? value) => WriteText(value, CoreNewLine);

    /// <inheritdoc/>
    public override void WriteLine(ReadOnlySpan<char> buffer) => WriteText(buffer, CoreNewLine);

    /// <inheritdoc/>
    public override Task WriteAsync(char value) => WriteTextAsync(new[] { value }, [], CancellationToken.None);

    /// <inheritdoc/>
    public override Task WriteAsync(string? value) => WriteTextAsync(value.AsMemory(), [], CancellationToken.None);

    /// <inheritdoc/>
    public override Task WriteAsync(char[] buffer, int index, int count) => WriteTextAsync(CheckedMemory(buffer, index, count), [], CancellationToken.None);

    /// <inheritdoc/>
    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) => WriteTextAsync(buffer, [], cancellationToken);

    /// <inheritdoc/>
    public override Task WriteLineAsync() => WriteTextAsync(default, CoreNewLine, CancellationToken.None);

    /// <inheritdoc/>
    public override Task WriteLineAsync(char value) => WriteTextAsync(new[] { value }, CoreNewLine, CancellationToken.None);

    /// <inheritdoc/>
    public override Task WriteLineAsync(string? value) => WriteTextAsync(value.AsMemory(), CoreNewLine, CancellationToken.None);

    /// <inheritdoc/>
    public override Task WriteLineAsync(char[] buffer, int index, int count) => WriteTextAsync(CheckedMemory(buffer, index, count), CoreNewLine, CancellationToken.None);

    /// <inheritdoc/>
    public override Task WriteLineAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) => WriteTextAsync(buffer, CoreNewLine, cancellationToken);

    /// <summary>Blocks the thread until all complete lines that were written before are on disk.</summary>
    /// <exception cref="StoreException">The lines could not be stored. They stay in the buffer.</exception>
    public override void Flush()
    {
        ThrowIfDisposed();
        _appender.Flush();
    }

    /// <inheritdoc cref="FlushAsync(CancellationToken)"/>
    public override Task FlushAsync() => FlushAsync(CancellationToken.None);

    /// <summary>Waits until all complete lines that were written before are on disk.</summary>
    /// <param name="cancellationToken">Cancels the wait. The lines are stored nevertheless.</param>
    /// <exception cref="StoreException">The lines could not be stored. They stay in the buffer.</exception>
    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        await _appender.FlushAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Completes the last line and stores everything. Finishes the log, except if a <see cref="StdioLogWriter"/> has created the writer. Does nothing if
    /// the writer is disposed.
    /// </summary>
    /// <exception cref="StoreException">Lines could not be stored. They are lost.</exception>
    public override async ValueTask DisposeAsync()
    {
        EndLine(isLast: true);
        if (_ownsLog)
            await _appender.CloseAsync().ConfigureAwait(false);

        // It finds that the log is closed.
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc cref="DisposeAsync"/>
    /// <remarks>This method blocks the thread until the lines are on disk. Prefer <see cref="DisposeAsync"/>.</remarks>
    /// <param name="disposing">True.</param>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            EndLine(isLast: true);
            if (_ownsLog)
                _appender.Close();
        }

        base.Dispose(disposing);
    }

    /// <summary>Ends the line that has begun, so that what follows is on a line of its own.</summary>
    /// <param name="isLast">Whether the writer accepts no more text.</param>
    internal void EndLine(bool isLast)
    {
        if (_isDisposed)
            return;
        _isDisposed = isLast;
        _appender.EndLine(_line, _pieces.Reset() ? [Utf8Pieces.LoneSurrogate] : []);
    }

    internal void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        ThrowIfDisposed();
        if (_pieces.Reset())
            _appender.Write(_line, [Utf8Pieces.LoneSurrogate]);
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(bytes.Length, LogWriterStream.MaxSliceLength)..])
            _appender.Write(_line, bytes[..Math.Min(bytes.Length, LogWriterStream.MaxSliceLength)]);
    }

    internal async ValueTask WriteBytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        if (_pieces.Reset())
            await WriteSlice(new[] { Utf8Pieces.LoneSurrogate }, cancellationToken).ConfigureAwait(false);
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(bytes.Length, LogWriterStream.MaxSliceLength)..])
            await WriteSlice(bytes[..Math.Min(bytes.Length, LogWriterStream.MaxSliceLength)], cancellationToken).ConfigureAwait(false);
    }

    private static ReadOnlySpan<char> CheckedSpan(char[] buffer, int index, int count)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return buffer.AsSpan(index, count);
    }

    private static ReadOnlyMemory<char> CheckedMemory(char[] buffer, int index, int count)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return buffer.AsMemory(index, count);
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed, this);

    private void WriteText(ReadOnlySpan<char> text, ReadOnlySpan<char> end)
    {
        ThrowIfDisposed();
        byte[] bytes = RentFor(text.Length, end.Length);
        try
        {
            do
                _appender.Write(_line, NextSlice(ref text, end, bytes));
            while (!text.IsEmpty);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private Task WriteTextAsync(ReadOnlyMemory<char> text, char[] end, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled(cancellationToken);

        // Usually there is space. Then no task is created.
        byte[] bytes = RentFor(text.Length, end.Length);
        bool isReturned = false;
        try
        {
            ReadOnlySpan<char> rest = text.Span;
            do
            {
                int length = NextSlice(ref rest, end, bytes).Length;
                if (_appender.TryWrite(_line, bytes.AsSpan(0, length)) is not { } space)
                    continue;

                isReturned = true;
                return WriteWhenFreed(space, bytes, length, text[(text.Length - rest.Length)..], end, cancellationToken);
            }
            while (!rest.IsEmpty);
            return Task.CompletedTask;
        }
        finally
        {
            if (!isReturned)
                ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private async Task WriteWhenFreed(Task space, byte[] bytes, int length, ReadOnlyMemory<char> rest, char[] end, CancellationToken cancellationToken)
    {
        try
        {
            await space.WaitAsync(cancellationToken).ConfigureAwait(false);
            await WriteSlice(bytes.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            while (!rest.IsEmpty)
            {
                length = NextSlice(ref rest, end, bytes);
                await WriteSlice(bytes.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private async ValueTask WriteSlice(ReadOnlyMemory<byte> slice, CancellationToken cancellationToken)
    {
        while (_appender.TryWrite(_line, slice.Span) is { } space)
            await space.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static byte[] RentFor(int textLength, int endLength) =>
        ArrayPool<byte>.Shared.Rent(Utf8Pieces.MaxLength(Math.Min(textLength, MaxSliceLength)) + Utf8Pieces.MaxLength(endLength));

    private int NextSlice(ref ReadOnlyMemory<char> text, char[] end, byte[] bytes)
    {
        ReadOnlySpan<char> rest = text.Span;
        int length = NextSlice(ref rest, end, bytes).Length;
        text = text[(text.Length - rest.Length)..];
        return length;
    }

    /// <summary>Converts the next slice of a text to bytes. The end of the line belongs to the last slice.</summary>
    private ReadOnlySpan<byte> NextSlice(ref ReadOnlySpan<char> text, ReadOnlySpan<char> end, Span<byte> bytes)
    {
        int count = Math.Min(text.Length, MaxSliceLength);
        int length = _pieces.Convert(text[..count], bytes);
        text = text[count..];
        if (text.IsEmpty)
            length += _pieces.Convert(end, bytes[length..]);
        return bytes[..length];
    }
}
