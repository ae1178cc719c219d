namespace BuildData.Torture.Followers;

/// <summary>The lines of logs that are followed. Their text follows from their number.</summary>
internal static class NumberedLine
{
    public static string Text(long number) => $"{number} {new string('x', (int)(number % 97))}";
}
