using System.Globalization;

namespace BuildData.Torture.PowerCut.Load;

/// <summary>The text of logs. A line follows from the id of its log and its number, so the check knows it too.</summary>
internal static class LogText
{
    /// <summary>Returns a line without its end, and without the letter of a stdio log.</summary>
    public static string Line(long logId, long number)
    {
        int length = (int)((logId * 7919) + (number * 104_729)) % 120;
        return string.Create(CultureInfo.InvariantCulture, $"{logId}:{number} {new string((char)('a' + (number % 26)), length)}");
    }
}
