using System.Runtime.CompilerServices;
using BuildData.Diagnostics;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData;

/// <summary>
/// The update methods: all that changes state. Each is one atomic, durable change: when its task completes, the change is
/// committed and has been announced; when it fails, nothing of it is there. A wrong argument is an
/// <see cref="ArgumentException"/> before anything is queued; an id that names nothing is a
/// <see cref="ResourceNotFoundException"/>. A cancellation token counts until the update is taken up; after that it runs to
/// its end.
/// </summary>
/// <remarks>
/// With SQLite, an update that meets no other runs on the caller's thread, the wait for the disk included; those that do
/// meet share transactions on a writer thread. Each can fail with <see cref="StoreException"/>, with
/// <see cref="StoreReadOnlyException"/> if the store is open read-only, and with <see cref="ObjectDisposedException"/> once the
/// master is disposed.
/// </remarks>
public sealed partial class Updates
{
    private readonly IUpdateWriter _writer;
    private readonly Telemetry _telemetry;
    private readonly IStoreTransaction? _transaction;
    private readonly AsyncLocal<Updates?> _current;
    private int _transactions;
    private volatile bool _hasEnded;

    internal Updates(IUpdateWriter writer, Telemetry telemetry)
    {
        _writer = writer;
        _telemetry = telemetry;
        _current = new AsyncLocal<Updates?>();
    }

    private Updates(Updates outer, IStoreTransaction transaction)
    {
        _writer = outer._writer;
        _telemetry = outer._telemetry;
        _current = outer._current;
        _transaction = transaction;
    }

    /// <summary>
    /// Makes several updates one atomic, durable change: <c>await updates.Transaction(async u => { … })</c>. Their events appear
    /// together, after the commit. If the function fails, nothing of it is there.
    /// </summary>
    /// <remarks>
    /// The function must call <paramref name="updates"/>' own argument; the master's <see cref="Updates"/> fail inside of it, for
    /// they would wait for its end. An update that fails in it is undone alone, and if the function catches its exception it can
    /// go on. With SQLite there is one writer, which a transaction has to itself: every other update waits from the moment that
    /// the function is called until it has returned and the change is committed, so it should await nothing but its updates.
    /// Reads do not wait, and see none of it before the commit.
    /// </remarks>
    /// <param name="updates">What to do.</param>
    /// <param name="cancellationToken">Cancels the transaction until it has begun; after that, what the function does with it counts.</param>
    /// <exception cref="InvalidOperationException">It is called inside of a transaction.</exception>
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

    /// <summary>Makes several updates one atomic, durable change, and returns what the function does.</summary>
    /// <typeparam name="TResult">What the function returns.</typeparam>
    /// <inheritdoc cref="Transaction(Func{Updates, Task}, CancellationToken)"/>
    public Task<TResult> Transaction<TResult>(Func<Updates, Task<TResult>> updates, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(updates);
        if (_transaction is not null || IsInTransaction)
            throw new InvalidOperationException("A transaction can't be begun inside of a transaction.");

        return _telemetry.TracesUpdates
            ? _telemetry.Update(nameof(Transaction), () => Run(updates, cancellationToken))
            : Run(updates, cancellationToken);
    }

    /// <summary>Changes nothing: when it completes, so has all that was under way when it was called.</summary>
    internal Task Barrier(CancellationToken cancellationToken) =>
        Write(static (_, _) => new ValueTask<NoResult>(default(NoResult)), default(NoResult), cancellationToken);

    // A task that is left behind by a transaction still has it as its current one.
    internal bool IsInTransaction => _transactions > 0 && _current.Value is { _hasEnded: false };

    private async Task<TResult> Run<TResult>(Func<Updates, Task<TResult>> updates, CancellationToken cancellationToken)
    {
        await _writer.EnsureTakesUpdates(cancellationToken).ConfigureAwait(false);
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
        [CallerMemberName] string name = "")
    {
        var update = new UpdateCall<TArgs, TResult>(body, args, plan);
        return _telemetry.TracesUpdates ? Traced(update, name, cancellationToken) : Plain(update, cancellationToken);
    }

    // Apart from Write, which would make its closure even where nobody traces.
    private Task<TResult> Traced<TArgs, TResult>(UpdateCall<TArgs, TResult> update, string name, CancellationToken cancellationToken) =>
        _telemetry.Update(name, () => Plain(update, cancellationToken));

    private Task<TResult> Plain<TArgs, TResult>(UpdateCall<TArgs, TResult> update, CancellationToken cancellationToken)
    {
        if (_transaction is not null)
            return InTransaction(update, _transaction);
        if (IsInTransaction)
            throw new InvalidOperationException("Inside of a transaction, call the updates that its function gets; these would wait for its end.");
        if (!_writer.TakesUpdates)
            return OpenAndWrite(update, cancellationToken);

        _writer.Write(update, cancellationToken);
        return update.Task;
    }

    private async Task<TResult> OpenAndWrite<TArgs, TResult>(UpdateCall<TArgs, TResult> update, CancellationToken cancellationToken)
    {
        await _writer.EnsureTakesUpdates(cancellationToken).ConfigureAwait(false);
        _writer.Write(update, cancellationToken);
        return await update.Task.ConfigureAwait(false);
    }

    private static async Task<TResult> InTransaction<TArgs, TResult>(UpdateCall<TArgs, TResult> update, IStoreTransaction transaction)
    {
        await transaction.Run(update).ConfigureAwait(false);
        return await update.Task.ConfigureAwait(false);
    }
}
