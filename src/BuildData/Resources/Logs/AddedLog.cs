using BuildData.Resources;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData;

/// <summary>Represents the log that <see cref="Updates.AddLog"/> added.</summary>
/// <param name="LogId">The log's id.</param>
/// <param name="Slug">The name that identifies the log in paths. It is made from the log's name.</param>
public sealed record AddedLog(long LogId, string Slug) : IAddedRow
{
    RowKey IAddedRow.Row => new(ResourceTables.Logs.Name, LogId);
}
