using System.Data.Common;
using BuildData.Torture.Upgrade.Stores;
using BuildData.Values;

namespace BuildData.Torture.Upgrade.Old;

/// <summary>A database of an older version that is filled with rows, and what it must answer after the migration.</summary>
/// <param name="Version">Its schema version.</param>
/// <param name="Data">What it has, without the attributes that the version lacks.</param>
/// <param name="Events">The kept events; none if the version keeps none.</param>
internal sealed record OldDatabase(long Version, OldData Data, OldEvent[] Events)
{
    private const long SequencesOfTicket = 1024;

    private const int ExpiredEvents = 5;

    private static readonly DateTimeOffset FirstEventAt = new(2026, 5, 6, 7, 8, 9, TimeSpan.Zero);

    /// <summary>Gets the number of the last event that any subscriber can have had.</summary>
    public long LastSequence { get; private init; }

    /// <summary>Gets whether a subscriber can begin before all events.</summary>
    public bool HasFirstEvents => !Data.LacksFirstEvents;

    /// <summary>Returns when an event happened.</summary>
    public static DateTimeOffset TimeOf(long sequence) => FirstEventAt + TimeSpan.FromMicroseconds(sequence);

    /// <summary>Creates the tables of a version and fills them.</summary>
    public static async Task<OldDatabase> Create(OldStore store, long version, Random random)
    {
        await store.CreateSchema(version);
        OldData all = new OldDataGenerator(random).Create();
        var columns = await OldColumns.Read(store);
        OldData data = columns.Restrict(all);

        // Only one master writes to a file, so the others are stopped when one opens it.
        if (store is OldSqliteStore)
            data = data with { Masters = [.. data.Masters.Select(master => master with { Active = false })] };
        await using DbConnection connection = await store.Connect();
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        var writer = new OldRowWriter(connection, transaction, columns);
        foreach (OldRow row in OldRows.Of(all))
            await writer.Write(row);
        foreach (Buildset buildset in all.Buildsets)
        {
            await writer.Run(
                "UPDATE buildsets SET parent_build_id = @parent, rebuilt_build_id = @rebuilt WHERE id = @id",
                ("parent", buildset.ParentBuildId), ("rebuilt", buildset.RebuiltBuildId), ("id", buildset.BuildsetId));
        }

        OldDatabase database = columns.Has("events", "sequence")
            ? await WriteEvents(writer, store, version, data, columns)
            : new OldDatabase(version, data, []);
        if (columns.Has("file_state", "writer"))
            await writer.Run("UPDATE file_state SET writer = @writer", ("writer", all.WasKilled ? random.NextInt64(1, long.MaxValue) : 0L));
        if (store is OldPostgreSqlStore)
            await writer.SetSequences();
        await transaction.CommitAsync();
        return database;
    }

    private static async Task<OldDatabase> WriteEvents(OldRowWriter writer, OldStore store, long version, OldData data, OldColumns columns)
    {
        bool hasTickets = store is OldPostgreSqlStore && version >= 4;
        var events = new List<OldEvent>();
        int skipped = data.LacksFirstEvents ? ExpiredEvents : 0;
        foreach ((string name, object resource) in data.Announced)
        {
            (string kind, long id, string json, object expected) = OldEventJson.Of(resource, version);
            long number = events.Count + 1;
            events.Add(new OldEvent(hasTickets ? number * SequencesOfTicket : number, kind, name, id, expected, json));
        }

        long last = events[^1].Sequence;
        for (int i = skipped; i < events.Count; i++)
        {
            OldEvent e = events[i];
            await writer.Write(new OldRow(
                "events", ("sequence", e.Sequence), ("at", Timestamp.ToMicroseconds(TimeOf(e.Sequence))), ("kind", e.Kind), ("name", e.Name), ("resource_id", e.ResourceId),
                ("resource", e.Json), ("properties", OldEventJson.Properties(data.Announced[i].Resource))));
        }

        if (hasTickets)
            await writer.Run("SELECT setval('event_tickets', @ticket, false)", ("ticket", events.Count + 1L));
        else
            await writer.Run("UPDATE event_log SET position = @last", ("last", last));
        if (data.LacksFirstEvents && columns.Has("event_log", "first_sequence"))
            await writer.Run("UPDATE event_log SET first_sequence = 0");
        return new OldDatabase(version, data, [.. events.Skip(skipped)]) { LastSequence = last };
    }
}
