using System.ComponentModel.DataAnnotations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>The door for the IM protocol over JSON. Section <c>Im</c>.</summary>
public sealed class ImOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Im";

    /// <summary>The most apps that can be listed.</summary>
    public const int AppIdsMax = 1000;

    /// <summary>Whether there is a door, and the HTTP calls that go with it.</summary>
    /// <remarks><b>Default:</b> true.</remarks>
    public bool Enabled { get; set; } = true;

    /// <summary>Connections at a time, signed in or not; one more is closed with 1013.</summary>
    /// <remarks><b>Range:</b> 1 to 1,000,000. <b>Default:</b> 10,000.</remarks>
    [Range(1, 1_000_000)]
    public int ConnectionsMax { get; set; } = 10_000;

    /// <summary>How long a connection may be without a heartbeat; to connect and to sign in count as one.</summary>
    /// <remarks><b>Range:</b> 1 s to 1 h. <b>Default:</b> 6 min. <b>Source:</b> feature row S8.</remarks>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan IdleMax { get; set; } = TimeSpan.FromSeconds(360);

    /// <summary>The apps that may be named at a login and in calls; any when none is listed.</summary>
    /// <remarks><b>Range:</b> at most 1,000. <b>Default:</b> none. <b>Source:</b> feature row S6.</remarks>
    public uint[] AppIds { get; set; } = [];

    /// <summary>Whether a login needs no valid <c>serviceToken</c>: everybody is who they say, as in the original.</summary>
    /// <remarks>
    /// <b>Default:</b> only in Development, or where <c>Auth:TestTokens</c> is on. Never turn it on where strangers can connect.
    /// </remarks>
    public bool? AcceptWithoutToken { get; set; }

    /// <summary>Whether the HTTP calls need no signature: everybody may send to everybody, as in the original.</summary>
    /// <remarks><b>Default:</b> as <see cref="AcceptWithoutToken"/>. The same warning holds.</remarks>
    public bool? OpenHttp { get; set; }

    /// <summary>Whether a login that is done is answered with code 0, as the original does, instead of 200.</summary>
    /// <remarks><b>Default:</b> false. <b>Source:</b> feature row S5.</remarks>
    public bool LoginCodeZero { get; set; }

    /// <summary>In whose name <c>POST /user/sendMessage</c> sends when it names no sender.</summary>
    /// <remarks><b>Default:</b> <c>system</c>. <b>Range:</b> a user id.</remarks>
    public string SystemUser { get; set; } = "system";

    /// <summary>Whether an app may be named.</summary>
    public bool Allows(uint appId) => AppIds.Length == 0 || AppIds.Contains(appId);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!UserId.TryParse(SystemUser, out _))
            yield return new($"{SectionName}:{nameof(SystemUser)} must be a user id.", [nameof(SystemUser)]);
        if (AppIds.Length > AppIdsMax)
            yield return new($"{SectionName}:{nameof(AppIds)} may list at most {AppIdsMax} apps.", [nameof(AppIds)]);
    }
}
