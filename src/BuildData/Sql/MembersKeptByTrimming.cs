using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace BuildData.Sql;

/// <summary>Names the members of a type that rows are read into. Trimming must keep these members.</summary>
internal static class MembersKeptByTrimming
{
    public const DynamicallyAccessedMemberTypes ConstructorAndProperties =
        DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor;

    /// <summary>Returns a public property of a type. The case of letters does not matter. Returns null if there is no such property.</summary>
    public static PropertyInfo? FindProperty([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type type, string name) =>
        Array.Find(type.GetProperties(), property => string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase));
}
