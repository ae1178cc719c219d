using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace BuildData.Sql;

/// <summary>Decides whether Dapper converts rows to objects.</summary>
/// <remarks>
/// Dapper generates code at run time, and finds the members of types by reflection. Neither works in a native program, and a trimmed program
/// may lack the members. The package sets this switch to false for both. The publisher then removes Dapper from the program.
/// </remarks>
internal static class DapperFeatureSwitch
{
    private const string Name = "BuildData.UsesDapper";

    [FeatureSwitchDefinition(Name)]
    public static bool IsDapperEnabled => !AppContext.TryGetSwitch(Name, out bool isOn) || isOn;

    /// <summary>Gets whether Dapper converts rows. The publisher of a native program replaces the second condition with false.</summary>
    public static bool CanUseDapper
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsDapperEnabled && RuntimeFeature.IsDynamicCodeSupported;
    }
}
