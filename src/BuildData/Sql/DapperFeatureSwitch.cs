using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace BuildData.Sql;

/// <summary>Decides whether Dapper converts rows to objects.</summary>
/// <remarks>
/// Dapper generates code at run time, and finds the members of types by reflection. Neither works in a native program. In a trimmed
/// program, the members may be missing. The package of this library sets the switch to false for native and trimmed programs. When such a
/// program is published, Dapper is then removed from it.
/// </remarks>
internal static class DapperFeatureSwitch
{
    private const string Name = "BuildData.UsesDapper";

    [FeatureSwitchDefinition(Name)]
    public static bool IsDapperEnabled => !AppContext.TryGetSwitch(Name, out bool isOn) || isOn;

    /// <summary>
    /// Gets whether Dapper converts rows. When a native program is published, the compiler replaces the second condition with false.
    /// </summary>
    public static bool CanUseDapper
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsDapperEnabled && RuntimeFeature.IsDynamicCodeSupported;
    }
}
