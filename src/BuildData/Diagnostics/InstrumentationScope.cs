using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace BuildData.Diagnostics;

/// <summary>Creates the meter and the activity sources of a master, with the version of the library and the name of the master.</summary>
internal static class InstrumentationScope
{
    // OpenTelemetry merges the series of meters that have equal names, versions and tags.
    private const string MasterNameTag = "builddata.master.name";

    private static readonly string? Version = GetVersion();

    /// <summary>Creates the meter. If the factory has already created an equal meter, returns that meter.</summary>
    public static Meter CreateMeter(IMeterFactory? meters, string masterName)
    {
        var options = new MeterOptions(BuildDataInstrumentation.MeterName) { Version = Version, Tags = Tags(masterName) };
        return meters?.Create(options) ?? new Meter(options);
    }

    /// <summary>Creates an activity source.</summary>
    public static ActivitySource CreateActivitySource(string name, string masterName) =>
        new(new ActivitySourceOptions(name) { Version = Version, Tags = Tags(masterName) });

    private static KeyValuePair<string, object?>[] Tags(string masterName) => [new(MasterNameTag, masterName)];

    private static string? GetVersion()
    {
        // The part after '+' is the commit. It would begin new series with each build of the library.
        string? version = typeof(InstrumentationScope).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return version?.Split('+')[0];
    }
}
