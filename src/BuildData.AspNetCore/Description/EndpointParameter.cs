using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace BuildData.AspNetCore.Description;

/// <summary>Describes a parameter of an endpoint for OpenAPI. Nobody binds it: the endpoints read their requests themselves.</summary>
internal sealed class EndpointParameter : ParameterInfo, IParameterBindingMetadata
{
    private readonly Attribute[] _attributes;

    private EndpointParameter(string name, Type type, Attribute source, bool isOptional)
    {
        NameImpl = name;
        ClassImpl = type;
        MemberImpl = Placeholder;
        AttrsImpl = isOptional ? ParameterAttributes.Optional : ParameterAttributes.None;
        DefaultValueImpl = isOptional ? null : DBNull.Value;
        _attributes = [source];
        IsOptional = isOptional;
    }

    /// <summary>Gets the method that the framework takes for the handler of the endpoint.</summary>
    public static MethodInfo Placeholder { get; } = ((Action)Handle).Method;

    string IParameterBindingMetadata.Name => NameImpl!;

    bool IParameterBindingMetadata.HasTryParse => true;

    bool IParameterBindingMetadata.HasBindAsync => false;

    ParameterInfo IParameterBindingMetadata.ParameterInfo => this;

    public new bool IsOptional { get; }

    public override object? DefaultValue => DefaultValueImpl;

    public override bool HasDefaultValue => IsOptional;

    public static EndpointParameter InPath(string name) => new(name, typeof(string), new FromRouteAttribute(), isOptional: false);

    public static EndpointParameter InQuery(string name, Type type) => new(name, type, new FromQueryAttribute(), isOptional: true);

    // The framework casts the arrays to Attribute[].
    public override object[] GetCustomAttributes(bool inherit) => _attributes.ToArray();

    public override object[] GetCustomAttributes(Type attributeType, bool inherit) => Array.FindAll(_attributes, attributeType.IsInstanceOfType);

    public override bool IsDefined(Type attributeType, bool inherit) => Array.Exists(_attributes, attributeType.IsInstanceOfType);

    public override IList<CustomAttributeData> GetCustomAttributesData() => [];

    private static void Handle()
    {
    }
}
