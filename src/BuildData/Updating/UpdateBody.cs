using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>
/// Represents the body of an update, which runs in a transaction. It validates before it writes. If the transaction is rolled back, it may
/// be run again from the start. So it must not keep state outside the context.
/// </summary>
internal delegate ValueTask<TResult> UpdateBody<in TArgs, TResult>(UpdateContext context, TArgs args);
