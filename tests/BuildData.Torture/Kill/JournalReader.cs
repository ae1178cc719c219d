using BuildData.Torture.Model;

namespace BuildData.Torture.Kill;

/// <summary>Makes calls of the lines of journals.</summary>
internal static class JournalReader
{
    /// <summary>Returns the calls of each project. The order of the lines is the order in which calls began and ended.</summary>
    /// <param name="lines">The lines of one process.</param>
    public static Dictionary<string, List<Call>> Read(IEnumerable<string> lines)
    {
        var calls = new Dictionary<int, (string Project, Call Call)>();
        long moment = 0;
        foreach (string text in lines)
        {
            JournalLine line = JournalLine.Parse(text);
            if (line.Operation is { } operation)
                calls.Add(line.Call, (line.Project, new Call(operation, line.MasterId, moment)));
            else
                calls[line.Call] = (line.Project, calls[line.Call].Call with { Ended = moment, Outcome = line.Outcome });
            moment++;
        }

        return calls.Values.GroupBy(call => call.Project).ToDictionary(group => group.Key, group => group.Select(call => call.Call).ToList());
    }
}
