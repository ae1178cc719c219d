namespace BuildData.Resources.Logs;

/// <summary>Converts the type of a log to and from the letter that the database and the wire form contain.</summary>
internal static class LogTypeLetters
{
    private static readonly string[] Letters = ["t", "s", "h", "d"];

    /// <summary>Returns the letter of a type.</summary>
    public static string ToLetter(LogType type) => Letters[(int)type];

    /// <summary>Returns the type of a letter; null if there is none.</summary>
    public static LogType? Find(string letter) => Array.IndexOf(Letters, letter) is >= 0 and var index ? (LogType)index : null;
}
