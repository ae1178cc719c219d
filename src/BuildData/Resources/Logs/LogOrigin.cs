using System.Globalization;
using BuildData.Stores;

namespace BuildData.Resources.Logs;

/// <summary>Describes where a log comes from: its builder, build, worker and step.</summary>
internal sealed class LogOrigin
{
    public string BuilderName { get; init; } = "";

    public long BuildNumber { get; init; }

    /// <summary>Gets the name of the worker; null if the build has no worker.</summary>
    public string? WorkerName { get; init; }

    public string StepName { get; init; } = "";

    /// <summary>Reads the origin of a log. Returns null if the build was removed.</summary>
    public static async ValueTask<LogOrigin?> Read(ReadSession session, StepLog log, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql();
        sql.Append(
            $"""
            SELECT builder.name AS BuilderName, build.number AS BuildNumber, worker.name AS WorkerName, step.name AS StepName
            FROM steps AS step JOIN builds AS build ON build.id = step.build_id JOIN builders AS builder ON builder.id = build.builder_id
            LEFT JOIN workers AS worker ON worker.id = build.worker_id WHERE step.id = {log.StepId}
            """);
        List<LogOrigin> found = await session.Rows<LogOrigin>(sql, cancellationToken).ConfigureAwait(false);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Returns the lines before the raw lines of a log.</summary>
    public string Header(StepLog log) => log.Type != LogType.Stdio
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"Builder: {BuilderName}\nBuild number: {BuildNumber}\nWorker name: {WorkerName}\n");

    /// <summary>Returns the media type of the raw lines of a log.</summary>
    public static string MimeType(StepLog log) => log.Type == LogType.Html ? "text/html" : "text/plain";

    /// <summary>Returns a name for a file with the raw lines of a log.</summary>
    public string Filename(StepLog log) =>
        string.Create(CultureInfo.InvariantCulture, $"{BuilderName}_build_{BuildNumber}_step_{StepName}_log_{log.Slug}");
}
