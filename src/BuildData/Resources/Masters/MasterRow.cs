using BuildData.Values;

namespace BuildData.Resources.Masters;

/// <summary>Represents a row of the table <c>masters</c>, as Dapper maps it.</summary>
internal sealed class MasterRow
{
    public long MasterId { get; init; }

    public string Name { get; init; } = "";

    public long Active { get; init; }

    public long LastActive { get; init; }

    public static MasterInfo ToMaster(MasterRow row) => new()
    {
        MasterId = row.MasterId,
        Name = row.Name,
        Active = row.Active != 0,
        LastActive = Timestamp.FromMicroseconds(row.LastActive),
    };
}
