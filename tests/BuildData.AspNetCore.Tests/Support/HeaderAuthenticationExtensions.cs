using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BuildData.AspNetCore.Tests;

/// <summary>Adds <see cref="HeaderAuthentication"/> to a program.</summary>
internal static class HeaderAuthenticationExtensions
{
    public static AuthorizationBuilder AddHeaderAuthentication(this WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("test", null);
        return builder.Services.AddAuthorizationBuilder();
    }
}
