namespace BuildData.Torture.Handovers.Calls;

/// <summary>
/// Marks a class whose static methods replace the methods of a type with the same names. The first parameter is the object. A method called
/// <c>Create</c> replaces a constructor. On a thread that no explorer controls, a replacement does what the original does. A delegate
/// of a replaced method keeps the original, so scenarios use a lambda.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class ReplacesAttribute(Type type) : Attribute
{
    public Type Type => type;
}
