using System.Runtime.CompilerServices;
using BuildData.Diagnostics;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData;

/// <summary>
/// Provides the update methods, which make all changes to the data. Each update is one atomic, durable change. When its task
/// completes successfully, the change is committed and its events have been published.
/// </summary>
/// <remarks>
/// <para>
/// If an update fails, it changes nothing. There is one exception to this rule: if the connection or the disk failed during the commit, the
/// outcome is unknown (<see cref="StoreException.IsOutcomeUnknown"/>).
/// </para>
/// <para>
/// An invalid argument causes an <see cref="ArgumentException"/> before the update is queued. An id that does not exist causes a
/// <see cref="ResourceNotFoundException"/>. Every update can fail with <see cref="StoreException"/>, with
/// <see cref="StoreReadOnlyException"/> if the store is open read-only, and with <see cref="ObjectDisposedException"/> if the
/// master is disposed.
/// </para>
/// <para>
/// A cancellation token cancels an update that still waits. Once the store has started the update, the token has no effect.
/// </para>
/// <para>
/// All methods are thread-safe. With SQLite, an update runs on the caller's thread, including the wait for the disk, if no other
/// update is running. Concurrent updates share transactions on a writer thread.
/// </para>
/// </remarks>
public sealed partial class Updates
{
    private readonly IUpdateWriter _writer;
    private readonly Telemetry _telemetry;
    private readonly BuildDataOptions _options;
    private readonly IStoreTransaction? _transaction;
    private readonly AsyncLocal<Updates?> _current;
    private int _transactions;
    private volatile bool _hasEnded;

    internal Updates(IUpdateWriter writer, Telemetry telemetry, BuildDataOptions options)
    {
        _writer = writer;
        _telemetry = telemetry;
        _options = options;
        _current = new AsyncLocal<Updates?>();
        Outermost = this;
    }

    private Updates(Updates outer, IStoreTransaction transaction)
    {
        Outermost = outer;
        _writer = outer._writer;
        _telemetry = outer._telemetry;
        _options = outer._options;
        _current = outer._current;
        _transaction = transaction;
    }

    /// <summary>
    /// Combines several updates into one atomic, durable change: <c>await updates.Transaction(async u => { … })</c>. The events of these
    /// updates are published together, after the commit. If the function throws, none of the updates is stored.
    /// </summary>
    /// <remarks>
    /// <para>Inside the function, call only the update methods of the function's argument. The update methods of the master's own
    /// <see cref="Updates"/> object throw an exception there, because they would wait for the transaction to end. If an update fails, only
    /// this update is undone. The function can catch the exception and continue.</para>
    /// <para>With SQLite, all other updates wait until the function has returned and the transaction is committed. So the function should
    /// await only the updates of its transaction. Reads do not wait, and do not see the changes before the commit.</para>
    /// </remarks>
    /// <param name="updates">The function that runs the updates.</param>
    /// <param name="cancellationToken">
    /// Cancels the wait for the transaction. Once the transaction has begun, the token has no effect, unless the function uses the token.
    /// </param>
    /// <exception cref="InvalidOperationException">The method was called inside a transaction.</exception>
    public Task Transaction(Func<Updates, Task> updates, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(updates);
        return Transaction<NoResult>(
            async u =>
            {
                await updates(u).ConfigureAwait(false);
                return default;
            },
            cancellationToken);
    }

    /// <summary>Combines several updates into one atomic, durable change, and returns the function's result.</summary>
    /// <typeparam name="TResult">The type of the function's result.</typeparam>
    /// <inheritdoc cref="Transaction(Func{Updates, Task}, CancellationToken)"/>
    public Task<TResult> Transaction<TResult>(Func<Updates, Task<TResult>> updates, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(updates);
        if (_transaction is not null || IsInTransaction)
            throw new InvalidOperationException("A transaction can't begin inside another one. Call the update methods of the outer transaction's argument instead.");

        return _telemetry.MeasuresUpdates
            ? _telemetry.RunUpdate(nameof(Transaction), () => Run(updates, cancellationToken))
            : Run(updates, cancellationToken);
    }

    /// <summary>Runs an update that changes nothing. When its task completes, all updates that were called earlier have completed.</summary>
    internal Task Barrier(CancellationToken cancellationToken) =>
        Write(static (_, _) => new ValueTask<NoResult>(default(NoResult)), default(NoResult), cancellationToken);

    /// <summary>
    /// Gets the <see cref="Updates"/> object of the master. The argument of a transaction's function is a different <see cref="Updates"/>
    /// object.
    /// </summary>
    internal Updates Outermost { get; }

    // The function can start a task without awaiting it. For such a task, this transaction is still the current one after its end.
    internal bool IsInTransaction => _transactions > 0 && _current.Value is { _hasEnded: false };

    private async Task<TResult> Run<TResult>(Func<Updates, Task<TResult>> updates, CancellationToken cancellationToken)
    {
        await _writer.EnsureStoreIsOpen(cancellationToken).ConfigureAwait(false);
        IStoreTransaction transaction = await _writer.BeginTransaction(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var inner = new Updates(this, transaction);
            Interlocked.Increment(ref _transactions);
            _current.Value = inner;
            try
            {
                TResult result = await updates(inner).ConfigureAwait(false);
                await transaction.Commit().ConfigureAwait(false);
                return result;
            }
            finally
            {
                inner._hasEnded = true;
                Interlocked.Decrement(ref _transactions);
            }
        }
    }

    private Task<TResult> Write<TArgs, TResult>(
        UpdateBody<TArgs, TResult> body,
        TArgs args,
        CancellationToken cancellationToken,
        Action<PrefetchPlan, TArgs>? plan = null,
        [CallerMemberName] string name = "",
        Action? succeeded = null)
    {
        var update = new UpdateCall<TArgs, TResult>(body, args, plan) { Succeeded = succeeded };
        return _telemetry.MeasuresUpdates ? Traced(update, name, cancellationToken) : Plain(update, cancellationToken);
    }

    // A separate method, because Write would allocate the closure even if nothing is traced.
    private Task<TResult> Traced<TArgs, TResult>(UpdateCall<TArgs, TResult> update, string name, CancellationToken cancellationToken) =>
        _telemetry.RunUpdate(
            name,
            () => Plain(update, cancellationToken),
            activity => UpdateActivityTags.AddArguments(activity, update.PrefetchPlan(_options)),
            (activity, result) => UpdateActivityTags.AddResult(activity, update.PrefetchPlan(_options), result));

    private Task<TResult> Plain<TArgs, TResult>(UpdateCall<TArgs, TResult> update, CancellationToken cancellationToken)
    {
        if (_transaction is not null)
            return InTransaction(update, _transaction);
        if (IsInTransaction)
            throw new InvalidOperationException("Inside a transaction, call the update methods of the function's argument. Those of the master would wait for the transaction to end.");
        if (!_writer.IsStoreOpen)
            return OpenAndWrite(update, cancellationToken);

        _writer.Write(update, cancellationToken);
        return update.Task;
    }

    private async Task<TResult> OpenAndWrite<TArgs, TResult>(UpdateCall<TArgs, TResult> update, CancellationToken cancellationToken)
    {
        await _writer.EnsureStoreIsOpen(cancellationToken).ConfigureAwait(false);
        _writer.Write(update, cancellationToken);
        return await update.Task.ConfigureAwait(false);
    }

    private static async Task<TResult> InTransaction<TArgs, TResult>(UpdateCall<TArgs, TResult> update, IStoreTransaction transaction)
    {
        await transaction.Run(update).ConfigureAwait(false);
        return await update.Task.ConfigureAwait(false);
    }
}
