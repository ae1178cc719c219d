namespace BuildData.Torture.Histories;

/// <summary>
/// What the callers of a history do: for each caller, one number for each call. The number determines what the call does with what is
/// known when it begins.
/// </summary>
internal sealed record HistoryProgram(int[][] Callers)
{
    /// <summary>Returns smaller programs that may fail for the same reason: without a caller, without a part of a caller's calls.</summary>
    public IEnumerable<HistoryProgram> Shrink()
    {
        for (int caller = 0; caller < Callers.Length && Callers.Length > 1; caller++)
            yield return new HistoryProgram([.. Callers[..caller], .. Callers[(caller + 1)..]]);
        for (int caller = 0; caller < Callers.Length; caller++)
        {
            int[] calls = Callers[caller];
            for (int length = calls.Length / 2; length > 0; length /= 2)
            {
                for (int start = 0; start + length <= calls.Length; start += length)
                    yield return new HistoryProgram([.. Callers[..caller], [.. calls[..start], .. calls[(start + length)..]], .. Callers[(caller + 1)..]]);
            }
        }
    }

    public override string ToString() => string.Join('\n', Callers.Select((calls, i) => $"caller {i}: {string.Join(' ', calls)}"));
}
