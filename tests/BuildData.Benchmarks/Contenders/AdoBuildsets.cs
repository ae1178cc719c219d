using Microsoft.Data.Sqlite;

namespace BuildData.Benchmarks;

/// <summary>Whole buildsets as hand-written ADO.NET would do them, each of the seven updates a transaction.</summary>
internal sealed class AdoBuildsets(SqliteConnection connection) : IAsyncDisposable
{
    private readonly SqliteCommand _begin = connection.Kept("BEGIN IMMEDIATE", 0);
    private readonly SqliteCommand _commit = connection.Kept("COMMIT", 0);
    private readonly SqliteCommand _id = connection.Kept("SELECT last_insert_rowid()", 0);
    private readonly SqliteCommand _builder = connection.Kept("INSERT OR IGNORE INTO builders (id, name) VALUES ($1, $2)", 2);
    private readonly SqliteCommand _stamp = connection.Kept(
        "INSERT INTO sourcestamps (branch, revision, repository, project, codebase, created_at, key_hash) VALUES ('main', $1, 'https://example.org/app.git', '', '', 1, $1)", 1);

    private readonly SqliteCommand _knownStamp = connection.Kept("SELECT id FROM sourcestamps WHERE key_hash = $1", 1);
    private readonly SqliteCommand _buildset = connection.Kept(
        "INSERT INTO buildsets (scheduler, reason, submitted_at, complete) VALUES ('nightly', 'race', 1, 0)", 0);

    private readonly SqliteCommand _buildsetStamp = connection.Kept("INSERT INTO buildset_sourcestamps (buildset_id, sourcestamp_id) VALUES ($1, $2)", 2);
    private readonly SqliteCommand _property = connection.Kept(
        "INSERT INTO buildset_properties (buildset_id, name, value, source) VALUES ($1, 'owner', '\"ann\"', 'Race')", 1);

    private readonly SqliteCommand _request = connection.Kept(
        "INSERT INTO buildrequests (buildset_id, builder_id, priority, complete, submitted_at, waited_for, collapse_key) VALUES ($1, $2, 0, 0, 1, 0, $3)", 3);

    private readonly SqliteCommand _collapsible = connection.Kept(
        "SELECT id FROM buildrequests WHERE builder_id = $1 AND collapse_key = $2 AND claimed_by IS NULL AND complete = 0 AND id < $3", 3);

    private readonly SqliteCommand _claim = connection.Kept("UPDATE buildrequests SET claimed_by = 1, claimed_at = 1 WHERE id = $1 AND claimed_by IS NULL", 1);
    private readonly SqliteCommand _complete = connection.Kept("UPDATE buildrequests SET complete = 1, complete_at = 1, results = 0 WHERE id = $1 AND complete = 0", 1);
    private readonly SqliteCommand _left = connection.Kept("SELECT DISTINCT results FROM buildrequests WHERE buildset_id = $1", 1);
    private readonly SqliteCommand _done = connection.Kept("UPDATE buildsets SET complete = 1, complete_at = 1, results = 0 WHERE id = $1", 1);
    private long _revision;

    public Task<long> Run(int caller, Func<bool> goOn)
    {
        for (long builder = 1; builder <= 4; builder++)
            _builder.Bind(builder, $"b{builder}").ExecuteNonQuery();

        long done = 0;
        while (goOn())
        {
            string revision = $"{_revision++}";
            _begin.ExecuteNonQuery();
            _knownStamp.Bind(revision).ExecuteScalar();
            _stamp.Bind(revision).ExecuteNonQuery();
            long stamp = (long)_id.ExecuteScalar()!;
            _buildset.ExecuteNonQuery();
            long buildset = (long)_id.ExecuteScalar()!;
            _buildsetStamp.Bind(buildset, stamp).ExecuteNonQuery();
            _property.Bind(buildset).ExecuteNonQuery();
            long[] requests = new long[3];
            for (int i = 0; i < requests.Length; i++)
            {
                _request.Bind(buildset, i + 1L, revision).ExecuteNonQuery();
                requests[i] = (long)_id.ExecuteScalar()!;
                _collapsible.Bind(i + 1L, revision, requests[i]).ExecuteScalar();
            }

            _commit.ExecuteNonQuery();

            foreach (long request in requests)
            {
                _begin.ExecuteNonQuery();
                _claim.Bind(request).ExecuteNonQuery();
                _commit.ExecuteNonQuery();
                _begin.ExecuteNonQuery();
                _complete.Bind(request).ExecuteNonQuery();
                if (IsDone(buildset))
                    _done.Bind(buildset).ExecuteNonQuery();
                _commit.ExecuteNonQuery();
            }

            done++;
        }

        return Task.FromResult(done);
    }

    public async ValueTask DisposeAsync() => await connection.DisposeAsync();

    private bool IsDone(long buildset)
    {
        using SqliteDataReader reader = _left.Bind(buildset).ExecuteReader();
        while (reader.Read())
        {
            if (reader.IsDBNull(0))
                return false;
        }

        return true;
    }
}
