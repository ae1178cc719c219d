using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Holds the numbers that a store has assigned. A copy of the store continues after these numbers.</summary>
/// <param name="LastSequence">
/// A sequence number. No event of the store has a higher number, even if the event is no longer kept.
/// </param>
/// <param name="AreAllEventsKept">Whether the store still keeps the first event that it has ever announced. True if there was no event.</param>
/// <param name="HighestIds">The highest id that each table has assigned. The key is the name of the table. A table without ids is missing.</param>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public sealed record StoreNumbers(long LastSequence, bool AreAllEventsKept, IReadOnlyDictionary<string, long> HighestIds);
