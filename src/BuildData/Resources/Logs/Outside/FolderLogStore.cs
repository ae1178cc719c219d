using System.Globalization;
using BuildData.Resources.Logs.Outside;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// Stores the lines of finished logs in files of a folder: <c>folder/12/12345/0-5000.log</c> has the lines 0 to 5,000 of the log 12345. Several
/// processes can use the folder. Thread-safe.
/// </summary>
/// <remarks>
/// <para>A file is written under a temporary name, flushed to the disk and renamed. So a file with its name is always complete. The files are compressed,
/// and belong to one database: back them up together with it, after it.</para>
/// <para>A file has a checksum. A read of a file that was changed, or that belongs to another chunk, fails with a <see cref="StoreException"/>.</para>
/// </remarks>
public sealed class FolderLogStore : ILogChunkStore
{
    private const long LogsPerFolder = 1000;

    private readonly string _folder;

    /// <summary>Creates a store in a folder. The folder is created when the first file is written.</summary>
    /// <param name="folder">The path of the folder. A relative path is relative to the current directory.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public FolderLogStore(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        _folder = Path.GetFullPath(folder);
    }

    /// <inheritdoc/>
    /// <exception cref="StoreException">The file can't be written: for example, the disk is full.</exception>
    public async Task Write(LogChunkKey key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string folder = FolderOf(key.LogId);
        string temporary = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Guid.NewGuid():N}.tmp"));
        try
        {
            CreateFolder(folder);
            try
            {
                await WriteFile(temporary, LogFileFormat.Header(key, content.Span), content, cancellationToken).ConfigureAwait(false);
                File.Move(temporary, FileOf(key), overwrite: true);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }

            FolderSync.Flush(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The lines of the log {key.LogId} can't be written to the folder '{_folder}'.", error);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="StoreException">The file can't be read, or is damaged.</exception>
    public async Task<byte[]?> Read(LogChunkKey key, CancellationToken cancellationToken)
    {
        byte[] file;
        try
        {
            file = await File.ReadAllBytesAsync(FileOf(key), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The lines of the log {key.LogId} can't be read from the folder '{_folder}'.", error);
        }

        return LogFileFormat.Parse(key, file) ?? throw new StoreException(
            string.Create(CultureInfo.InvariantCulture, $"The file of the lines {key.FirstLine} to {key.LastLine} of the log {key.LogId} in the folder '{_folder}' is damaged, or belongs to other lines."));
    }

    /// <inheritdoc/>
    /// <exception cref="StoreException">The files can't be deleted.</exception>
    public Task DeleteLog(long logId, CancellationToken cancellationToken)
    {
        try
        {
            Directory.Delete(FolderOf(logId), recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // There are no files of the log.
            return Task.CompletedTask;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Task.FromException(new StoreException($"The lines of the log {logId} can't be deleted from the folder '{_folder}'.", error));
        }

        return Task.CompletedTask;
    }

    private static async Task WriteFile(string file, ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        await using (stream.ConfigureAwait(false))
        {
            await stream.WriteAsync(header, cancellationToken).ConfigureAwait(false);
            await stream.WriteAsync(content, cancellationToken).ConfigureAwait(false);
            stream.Flush(flushToDisk: true);
        }
    }

    // A new folder is durable only if the folder that contains it is flushed.
    private static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
            return;
        string parent = Path.GetDirectoryName(folder)!;
        CreateFolder(parent);
        Directory.CreateDirectory(folder);
        FolderSync.Flush(parent);
    }

    private string FolderOf(long logId) =>
        Path.Combine(_folder, (logId / LogsPerFolder).ToString(CultureInfo.InvariantCulture), logId.ToString(CultureInfo.InvariantCulture));

    private string FileOf(LogChunkKey key) =>
        Path.Combine(FolderOf(key.LogId), string.Create(CultureInfo.InvariantCulture, $"{key.FirstLine}-{key.LastLine}.log"));
}
