namespace BuildData.StoreContracts;

/// <summary>Compares what a watch got with what was announced: its first answer and its changes have every event once.</summary>
/// <remarks>
/// The answer has all events up to its sequence number. It can include later ones too, if several batches are committed at the same
/// time. The events of one resource are committed in order, so that those in the answer come before those that are changes.
/// </remarks>
internal static class AnswerAndChanges
{
    /// <summary>Returns what is wrong.</summary>
    /// <param name="follower">The watch.</param>
    /// <param name="announced">All events of the resources that it watches.</param>
    /// <param name="end">The sequence number up to which it has read.</param>
    public static IEnumerable<string> Violations(Follower follower, DataEvent[] announced, long end)
    {
        HashSet<object> answer = [.. follower.Answer.Select(AsAnnounced)];
        HashSet<long> seen = [.. follower.Seen];
        foreach (long sequence in seen.Except(announced.Where(e => e.Sequence > follower.Sequence).Select(e => e.Sequence)))
            yield return $"the change {sequence} is no later event of its resources";

        foreach (IGrouping<string, DataEvent> changes in announced.Where(e => e.Sequence > follower.Sequence).GroupBy(e => e.Path))
        {
            DataEvent[] before = [.. changes.TakeWhile(e => !seen.Contains(e.Sequence))];
            DataEvent[] after = [.. changes.Skip(before.Length).TakeWhile(e => e.Sequence <= end)];
            foreach (DataEvent missed in after.Where(e => !seen.Contains(e.Sequence)))
                yield return $"{missed} is missing behind an earlier change";
            if (after.Length > 0 && answer.Contains(AsAnnounced(after[0].Resource)))
                yield return $"{after[0]} is in the answer too";

            // If the watch ended early, the answer can include events behind its end.
            int last = Array.FindLastIndex(before, e => e.Sequence <= end);
            if (last >= 0 && !before.Skip(last).Any(e => answer.Contains(AsAnnounced(e.Resource))))
                yield return $"{before[last]} is neither in the answer nor a change";
        }
    }

    // A watch can ask for properties that the events do not have.
    private static object AsAnnounced(object resource) => resource is BuildRequest request ? request with { Properties = null } : resource;
}
