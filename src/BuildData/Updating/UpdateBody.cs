namespace BuildData.Updating;

/// <summary>
/// What one update does in its transaction. It validates before it writes, and may be run again from the start if the
/// transaction that it shares is undone, so it keeps nothing outside the context.
/// </summary>
internal delegate ValueTask<TResult> UpdateBody<in TArgs, TResult>(UpdateContext context, TArgs args);
