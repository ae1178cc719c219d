using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>Represents the code of an update method. The store runs this code in a transaction.</summary>
/// <remarks>
/// The code must make all its checks before it writes. If the transaction is rolled back, the store can run the code again from the start.
/// Therefore the code must not change objects other than the context.
/// </remarks>
internal delegate ValueTask<TResult> UpdateBody<in TArgs, TResult>(UpdateContext context, TArgs args);
