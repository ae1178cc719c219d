using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace BuildData.Sql;

/// <summary>Names members of a type. If rows are converted to objects of the type, trimming must keep these members.</summary>
internal static class MembersKeptByTrimming
{
    public const DynamicallyAccessedMemberTypes ConstructorAndProperties =
        DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor;

    /// <summary>Returns the property with a name. The case of letters does not matter. Returns null if there is no such property.</summary>
    public static PropertyInfo? FindProperty(PropertyInfo[] properties, string name) =>
        Array.Find(properties, property => string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase));
}
