using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>The prepared queries of one connection, kept by their text with what maps their rows.</summary>
internal sealed class SqliteCommands(SqliteConnection connection) : IDisposable
{
    // The texts that a program's queries have are few. A program that makes up ever new ones starts over.
    private const int Capacity = 200;

    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    public void Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken)
    {
        Kept kept = Get(sql);
        ReadOnlySpan<SqlValue> values = sql.Values;
        for (int i = 0; i < values.Length; i++)
            kept.Command.Parameters[i].Value = values[i].ToObject();

        using CancellationTokenRegistration cancellation = cancellationToken.CanBeCanceled
            ? cancellationToken.UnsafeRegister(static connection => raw.sqlite3_interrupt((sqlite3)connection!), connection.Handle)
            : default;
        try
        {
            using SqliteDataReader reader = kept.Command.ExecuteReader();
            sink.Open(kept.Parsers.On(reader));
            while (reader.Read())
                sink.Add(reader);
        }
        catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException(error.Message, error, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        foreach (Kept kept in _kept.Values)
            kept.Command.Dispose();
        _kept.Clear();
    }

    private Kept Get(SqlBuilder sql)
    {
        if (_kept.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(sql.Text, out Kept? kept))
            return kept;

        if (_kept.Count >= Capacity)
            Dispose();

        string text = sql.Text.ToString();
#pragma warning disable CA2100 // Made by SqlBuilder: constant texts and whitelisted columns; values are parameters.
        var command = new SqliteCommand(text, connection);
#pragma warning restore CA2100
        for (int i = 1; i <= sql.Values.Length; i++)
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        kept = new Kept(command, new RowParsers());
        _kept.Add(text, kept);
        return kept;
    }

    private sealed record Kept(SqliteCommand Command, RowParsers Parsers);
}
