using Microsoft.Extensions.Time.Testing;

namespace BuildData.Testing;

/// <summary>
/// Provides an open master on a temporary SQLite file: <c>await using var test = await TestMaster.Open();</c>. When the object is disposed,
/// it closes the master and deletes the file. Each test master has a file of its own, so tests can run in parallel.
/// </summary>
/// <remarks>
/// <para>The options are the defaults, except that <see cref="BuildDataOptions.Durability"/> is <see cref="Durability.Normal"/>, so that
/// updates do not wait for the disk.</para>
/// <para>The members of the master are thread-safe. <see cref="Restart"/> and <see cref="DisposeAsync"/> must not run at the same time as
/// other members of this class.</para>
/// </remarks>
public sealed class TestMaster : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly BuildDataOptions _options;

    private TestMaster(TestDatabase database, BuildDataOptions options, Master master)
    {
        _database = database;
        _options = options;
        Master = master;
    }

    /// <summary>Gets the master. After <see cref="Restart"/>, this is another object.</summary>
    public Master Master { get; private set; }

    /// <summary>Gets the methods to update, query and follow the builds.</summary>
    public DataApi Data => Master.Data;

    /// <summary>Gets the update methods.</summary>
    public Updates Updates => Master.Data.Updates;

    /// <summary>Gets the methods to subscribe to events.</summary>
    public EventHub Events => Master.Data.Events;

    /// <summary>Gets the clock of the master. The time of this clock changes only when the test changes it.</summary>
    /// <exception cref="InvalidOperationException">
    /// The master uses another clock, because it was not opened with <see cref="OpenWithClock"/>.
    /// </exception>
    public FakeTimeProvider Clock => _options.TimeProvider as FakeTimeProvider
        ?? throw new InvalidOperationException($"This test master does not use a {nameof(FakeTimeProvider)}. Open it with {nameof(TestMaster)}.{nameof(OpenWithClock)}.");

    /// <summary>Gets the path of the SQLite file.</summary>
    public string FilePath => _database.FilePath;

    /// <summary>
    /// Gets the connection string of the SQLite file. With this string, a test can for example open another master that reads the file.
    /// </summary>
    public string ConnectionString => _database.ConnectionString;

    /// <summary>Opens a master on a temporary SQLite file. The master uses the system clock.</summary>
    /// <param name="configure">
    /// Sets options. You can pass the function that the host program uses. Even if this function selects a store, the master uses the
    /// temporary file.
    /// </param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <returns>The open master. Dispose it to delete the file.</returns>
    /// <remarks>If the opening fails, the method deletes the file before it throws.</remarks>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    public static Task<TestMaster> Open(Action<BuildDataOptions>? configure = null, CancellationToken cancellationToken = default) =>
        Open(TimeProvider.System, configure, cancellationToken);

    /// <summary>
    /// Opens a master on a temporary SQLite file. The master uses a <see cref="FakeTimeProvider"/>, which <see cref="Clock"/> returns.
    /// </summary>
    /// <param name="start">The first time of the clock. Null stands for 2000-01-01 at midnight (UTC).</param>
    /// <inheritdoc cref="Open(Action{BuildDataOptions}?, CancellationToken)"/>
    /// <param name="configure"/>
    /// <param name="cancellationToken"/>
    public static Task<TestMaster> OpenWithClock(
        DateTimeOffset? start = null, Action<BuildDataOptions>? configure = null, CancellationToken cancellationToken = default) =>
        Open(start is { } time ? new FakeTimeProvider(time) : new FakeTimeProvider(), configure, cancellationToken);

    /// <summary>
    /// Disposes the master and opens another one with the same options on the same file, as a restart of the process does. Subscriptions and
    /// watches of the earlier master end.
    /// </summary>
    /// <param name="cancellationToken">Cancels the opening.</param>
    public async Task Restart(CancellationToken cancellationToken = default)
    {
        await Master.DisposeAsync().ConfigureAwait(false);
        Master = await OpenMaster(_options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Disposes the master and deletes its file. A later call does nothing.</summary>
    /// <exception cref="StoreException">The master could not write its last update. The file is deleted nevertheless.</exception>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Master.DisposeAsync().ConfigureAwait(false);
        }
        catch (StoreException)
        {
            // The last update failed, so the store is not closed. The second disposal does not write and closes the store.
            await Master.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            _database.Dispose();
        }
    }

    private static async Task<TestMaster> Open(TimeProvider clock, Action<BuildDataOptions>? configure, CancellationToken cancellationToken)
    {
        var database = new TestDatabase();
        try
        {
            var options = new BuildDataOptions { Durability = Durability.Normal, TimeProvider = clock };
            options.UseSqlite(database.ConnectionString);
            configure?.Invoke(options);
            // The function may have selected the store of the host program. A test must never open that one.
            options.UseSqlite(database.ConnectionString);
            return new TestMaster(database, options, await OpenMaster(options, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static async Task<Master> OpenMaster(BuildDataOptions options, CancellationToken cancellationToken)
    {
        var master = new Master(options);
        try
        {
            await master.Open(cancellationToken).ConfigureAwait(false);
            return master;
        }
        catch
        {
            await master.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
