namespace BuildData.Values;

/// <summary>Compares texts and other sequences, so that an error message can suggest what the caller may have meant.</summary>
internal static class EditDistance
{
    /// <summary>Returns how many letters must be inserted, removed or replaced to turn one text into the other.</summary>
    public static int Between(string text, string other) =>
        Between(text.Length, other.Length, 1, (i, j) => text[i] == other[j] ? 0 : 1);

    /// <summary>Returns the smallest cost of the changes that turn one sequence into the other.</summary>
    /// <param name="length">The length of the first sequence.</param>
    /// <param name="otherLength">The length of the other sequence.</param>
    /// <param name="insertCost">The cost of each insertion or removal of an element.</param>
    /// <param name="replaceCost">Returns the cost of replacing an element of the first sequence by one of the other. The arguments are their indexes.</param>
    public static int Between(int length, int otherLength, int insertCost, Func<int, int, int> replaceCost)
    {
        int[] previous = [.. Enumerable.Range(0, otherLength + 1).Select(j => j * insertCost)];
        for (int i = 0; i < length; i++)
        {
            int[] next = new int[otherLength + 1];
            next[0] = (i + 1) * insertCost;
            for (int j = 0; j < otherLength; j++)
                next[j + 1] = Math.Min(previous[j] + replaceCost(i, j), Math.Min(previous[j + 1], next[j]) + insertCost);
            previous = next;
        }

        return previous[otherLength];
    }
}
