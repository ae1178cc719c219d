using System.Globalization;
using BuildData.Values;

namespace BuildData.Resources.Workers;

/// <summary>
/// Reads and changes two lists of a worker: the masters to which the worker is connected, and the builders for which the worker is
/// configured. The lists are always sorted, so that equal workers have equal lists.
/// </summary>
internal static class WorkerPlaces
{
    /// <summary>The SQL expression of <see cref="Worker.ConnectedTo"/>: the ids of the masters, separated by commas.</summary>
    public const string ConnectedToColumn =
        "(SELECT string_agg(CAST(place.master_id AS TEXT), ',') FROM worker_connections AS place WHERE place.worker_id = worker.id)";

    /// <summary>The SQL expression of <see cref="Worker.ConfiguredOn"/>: pairs of a builder and a master, such as <c>3:1,5:1</c>.</summary>
    public const string ConfiguredOnColumn =
        "(SELECT string_agg(CAST(place.builder_id AS TEXT) || ':' || CAST(place.master_id AS TEXT), ',') FROM configured_workers AS place WHERE place.worker_id = worker.id)";

    /// <summary>Parses the value of <see cref="ConnectedToColumn"/>.</summary>
    public static IReadOnlyList<ConnectedMaster> ParseConnectedTo(string? text) =>
        text is null ? [] : Connected(text.Split(',').Select(master => new ConnectedMaster(ParseId(master))));

    /// <summary>Parses the value of <see cref="ConfiguredOnColumn"/>.</summary>
    public static IReadOnlyList<ConfiguredBuilder> ParseConfiguredOn(string? text)
    {
        return text is null ? [] : Configured(text.Split(',').Select(Parse));

        static ConfiguredBuilder Parse(string pair)
        {
            int colon = pair.IndexOf(':', StringComparison.Ordinal);
            return new ConfiguredBuilder(ParseId(pair.AsSpan(0, colon)), ParseId(pair.AsSpan(colon + 1)));
        }
    }

    /// <summary>Returns a sorted list of masters.</summary>
    public static IReadOnlyList<ConnectedMaster> Connected(IEnumerable<ConnectedMaster> masters) =>
        EquatableList.Copy<ConnectedMaster>([.. masters.OrderBy(master => master.MasterId)]);

    /// <summary>Returns a sorted list of builders.</summary>
    public static IReadOnlyList<ConfiguredBuilder> Configured(IEnumerable<ConfiguredBuilder> builders) =>
        EquatableList.Copy<ConfiguredBuilder>([.. builders.OrderBy(place => place.BuilderId).ThenBy(place => place.MasterId)]);

    private static long ParseId(ReadOnlySpan<char> text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
