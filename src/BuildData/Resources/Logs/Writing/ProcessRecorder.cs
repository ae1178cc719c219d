using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace BuildData.Resources.Logs.Writing;

/// <summary>Runs one process and records its output in a stdio log.</summary>
/// <param name="log">The writer of the log.</param>
/// <param name="timeAfterExit">How long output is read after the process has exited.</param>
/// <param name="clock">Measures the time.</param>
internal sealed class ProcessRecorder(StdioLogWriter log, TimeSpan timeAfterExit, TimeProvider clock)
{
    public async Task<int> Run(ProcessStartInfo startInfo, CancellationToken cancellationToken)
    {
        using Process process = await Start(startInfo).ConfigureAwait(false);

        // Cancelled by the caller, or because output can't be stored. The process would then wait for ever for somebody who reads its output.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var patience = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        Task<bool> output = Copy(process.StandardOutput.BaseStream, log.Output, stop, patience.Token);
        Task<bool> error = Copy(process.StandardError.BaseStream, log.Error, stop, patience.Token);
        bool isStopped = !await HasExited(process, stop.Token).ConfigureAwait(false);
        if (isStopped)
            await Kill(process).ConfigureAwait(false);

        patience.CancelAfter(timeAfterExit);
        bool[] areClosed = await Task.WhenAll(output, error).ConfigureAwait(false);
        log.EndLines(areLast: false);
        if (areClosed.Contains(false))
            await WriteHeader("[Another process still has the output open. Its further output is not recorded.]").ConfigureAwait(false);
        await WriteHeader(isStopped ? "[The process was cancelled.]" : string.Create(CultureInfo.InvariantCulture, $"[The process exited with code {process.ExitCode}.]")).ConfigureAwait(false);
        if (isStopped)
            throw new OperationCanceledException("The process was cancelled.", cancellationToken);
        return process.ExitCode;
    }

    private static async Task<bool> HasExited(Process process, CancellationToken stop)
    {
        try
        {
            await process.WaitForExitAsync(stop).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<bool> Copy(Stream from, LogWriter to, CancellationTokenSource stop, CancellationToken timeIsUp)
    {
        try
        {
            return await new ProcessOutput(from, timeIsUp).CopyTo(to.BaseStream).ConfigureAwait(false);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static string CommandOf(ProcessStartInfo startInfo) =>
        startInfo.ArgumentList.Count > 0
            ? string.Join(' ', startInfo.ArgumentList.Prepend(startInfo.FileName).Select(Quote))
            : $"{Quote(startInfo.FileName)} {startInfo.Arguments}".TrimEnd();

    private static string Quote(string argument) =>
        argument.Length > 0 && !argument.Any(static c => char.IsWhiteSpace(c) || c == '"')
            ? argument
            : $"\"{argument.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private async Task<Process> Start(ProcessStartInfo startInfo)
    {
        startInfo.UseShellExecute = false;
        (startInfo.RedirectStandardInput, startInfo.RedirectStandardOutput, startInfo.RedirectStandardError) = (true, true, true);
        await WriteHeader(CommandOf(startInfo)).ConfigureAwait(false);
        var process = new Process { StartInfo = startInfo };
        try
        {
            process.Start();
            process.StandardInput.Close();
            return process;
        }
        catch (Exception error)
        {
            process.Dispose();
            if (error is Win32Exception)
                await WriteHeader($"[The process could not be started: {error.Message}]").ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Kills the process and all processes that it has started.</summary>
    private async Task Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
        {
            // The process has just exited, or it belongs to another user.
        }

        using var patience = new CancellationTokenSource(timeAfterExit, clock);
        await HasExited(process, patience.Token).ConfigureAwait(false);
    }

    private Task WriteHeader(string line) => log.Header.WriteLineAsync(line);
}
