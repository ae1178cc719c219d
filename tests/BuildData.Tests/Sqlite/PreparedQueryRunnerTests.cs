using System.Data.Common;
using BuildData.Stores;
using BuildData.Stores.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Tests;

internal sealed class PreparedQueryRunnerTests
{
    [Test]
    public void Run_ManyDifferentTexts_KeepsAFewStatements()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        connection.Handle!.enable_sqlite3_next_stmt(true);
        using var runner = new PreparedQueryRunner(connection.Handle);

        for (int i = 0; i < 450; i++)
            runner.Run(new SqlBuilder().Append("SELECT 1").Append(new string(' ', i)), new NoSink(), CancellationToken.None);

        int statements = 0;
        for (sqlite3_stmt? next = raw.sqlite3_next_stmt(connection.Handle, null); next is not null && !next.IsInvalid; next = raw.sqlite3_next_stmt(connection.Handle, next))
            statements++;
        statements.Should().BeInRange(1, 200);
    }

    private sealed class NoSink : RowSink
    {
        public override void Open(RowParsers parsers)
        {
        }

        public override void Add(DbDataReader row)
        {
        }
    }
}
