using Npgsql;

namespace BuildData.Tests;

/// <summary>A role that may do in a test's database what a master does, with settings of its own.</summary>
internal sealed class PostgreSqlRole : IAsyncDisposable
{
    private readonly PostgreSqlTestStore _store;

    private PostgreSqlRole(PostgreSqlTestStore store) => _store = store;

    public string ConnectionString => new NpgsqlConnectionStringBuilder(_store.ConnectionString) { Username = Name }.ToString();

    private string Name => $"{_store.Database}_role";

    /// <summary>Makes the only role of a test's database, whose tables are there already.</summary>
    public static async Task<PostgreSqlRole> Create(PostgreSqlTestStore store, params (string Name, string Value)[] settings)
    {
        var role = new PostgreSqlRole(store);
        await store.Scalar<int?>(
            $"""
            CREATE ROLE {role.Name} LOGIN;
            GRANT ALL ON SCHEMA public TO {role.Name};
            GRANT ALL ON ALL TABLES IN SCHEMA public TO {role.Name};
            GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role.Name};
            """);
        foreach ((string name, string value) in settings)
            await store.Scalar<int?>($"ALTER ROLE {role.Name} SET {name} = '{value}'");
        return role;
    }

    /// <summary>Opens a master as the role.</summary>
    public Task<Master> Open(Action<BuildDataOptions>? configure = null) => Master.Open(options =>
    {
        options.UsePostgreSql(ConnectionString);
        configure?.Invoke(options);
    });

    public async ValueTask DisposeAsync() => await _store.Scalar<int?>($"DROP OWNED BY {Name}; DROP ROLE {Name}");
}
