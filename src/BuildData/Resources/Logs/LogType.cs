using System.Text.Json.Serialization;
using BuildData.Resources.Logs;

namespace BuildData;

/// <summary>Specifies what the lines of a log contain. The wire form is one letter.</summary>
[JsonConverter(typeof(LogTypeConverter))]
public enum LogType
{
    /// <summary>Plain text. The wire form is <c>t</c>.</summary>
    Text,

    /// <summary>
    /// The output of a program. The first character of each line is its stream: <c>o</c> is standard output, <c>e</c> is standard error, and
    /// <c>h</c> is a header, which the host program has written. The wire form is <c>s</c>.
    /// </summary>
    Stdio,

    /// <summary>HTML. The wire form is <c>h</c>.</summary>
    Html,

    /// <summary>The content was removed (<see cref="BuildDataOptions.KeepLogs"/>). The wire form is <c>d</c>.</summary>
    Removed,
}
